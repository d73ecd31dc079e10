namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>The root of the attributes that mark the parameter whose arrival calls a function.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute;
