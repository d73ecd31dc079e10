using System.Reflection;

namespace LocalHost.Functions;

/// <summary>A method marked as a function, with the trigger attribute of one of its parameters.</summary>
internal sealed record FunctionMethod<TTrigger>(string Name, MethodInfo Method, ParameterInfo Parameter, TTrigger Trigger)
    where TTrigger : Attribute
{
    public Type Class => Method.DeclaringType!;
}
