using System.Reflection;

namespace LocalHost.Functions;

/// <summary>Calls a function's method through typed delegates: one for the method, one for each argument.</summary>
/// <typeparam name="TContext">What the arguments are taken from.</typeparam>
/// <typeparam name="TResult">What the method returns.</typeparam>
internal abstract class Call<TContext, TResult>
{
    public abstract TResult Invoke(object target, TContext context);

    /// <param name="method">An instance method of one to four parameters.</param>
    /// <param name="bind">Gives a `Func&lt;TContext, T&gt;` for a parameter of type T.</param>
    public static Call<TContext, TResult> To(MethodInfo method, Func<ParameterInfo, Delegate> bind)
    {
        var parameters = method.GetParameters();
        var open = parameters.Length switch
        {
            1 => typeof(Of<,>),
            2 => typeof(Of<,,>),
            3 => typeof(Of<,,,>),
            4 => typeof(Of<,,,,>),
            _ => throw new NotSupportedException($"{method.DeclaringType!.Name}.{method.Name} has {parameters.Length} parameters; expected one to four."),
        };
        Type[] types = [typeof(TContext), typeof(TResult), method.DeclaringType!, .. parameters.Select(parameter => parameter.ParameterType)];
        return (Call<TContext, TResult>)Activator.CreateInstance(open.MakeGenericType(types), [method, parameters.Select(bind).ToArray()])!;
    }

    private sealed class Of<TTarget, T1>(MethodInfo method, Delegate[] arguments) : Call<TContext, TResult>
    {
        private readonly Func<TTarget, T1, TResult> method = method.CreateDelegate<Func<TTarget, T1, TResult>>();
        private readonly Func<TContext, T1> first = (Func<TContext, T1>)arguments[0];

        public override TResult Invoke(object target, TContext context) => method((TTarget)target, first(context));
    }

    private sealed class Of<TTarget, T1, T2>(MethodInfo method, Delegate[] arguments) : Call<TContext, TResult>
    {
        private readonly Func<TTarget, T1, T2, TResult> method = method.CreateDelegate<Func<TTarget, T1, T2, TResult>>();
        private readonly Func<TContext, T1> first = (Func<TContext, T1>)arguments[0];
        private readonly Func<TContext, T2> second = (Func<TContext, T2>)arguments[1];

        public override TResult Invoke(object target, TContext context) => method((TTarget)target, first(context), second(context));
    }

    private sealed class Of<TTarget, T1, T2, T3>(MethodInfo method, Delegate[] arguments) : Call<TContext, TResult>
    {
        private readonly Func<TTarget, T1, T2, T3, TResult> method = method.CreateDelegate<Func<TTarget, T1, T2, T3, TResult>>();
        private readonly Func<TContext, T1> first = (Func<TContext, T1>)arguments[0];
        private readonly Func<TContext, T2> second = (Func<TContext, T2>)arguments[1];
        private readonly Func<TContext, T3> third = (Func<TContext, T3>)arguments[2];

        public override TResult Invoke(object target, TContext context) =>
            method((TTarget)target, first(context), second(context), third(context));
    }

    private sealed class Of<TTarget, T1, T2, T3, T4>(MethodInfo method, Delegate[] arguments) : Call<TContext, TResult>
    {
        private readonly Func<TTarget, T1, T2, T3, T4, TResult> method = method.CreateDelegate<Func<TTarget, T1, T2, T3, T4, TResult>>();
        private readonly Func<TContext, T1> first = (Func<TContext, T1>)arguments[0];
        private readonly Func<TContext, T2> second = (Func<TContext, T2>)arguments[1];
        private readonly Func<TContext, T3> third = (Func<TContext, T3>)arguments[2];
        private readonly Func<TContext, T4> fourth = (Func<TContext, T4>)arguments[3];

        public override TResult Invoke(object target, TContext context) =>
            method((TTarget)target, first(context), second(context), third(context), fourth(context));
    }
}
