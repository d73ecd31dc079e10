using LocalHost.Queues;
using Microsoft.Azure.Functions.Worker;

namespace LocalHost.Functions;

/// <summary>A method that a message of a queue starts. The generator of src/LocalHost.Generator writes one for each.</summary>
/// <param name="Name">The function's.</param>
/// <param name="Class">The class of the method.</param>
/// <param name="Parameter">The parameter that bears the trigger.</param>
/// <param name="Trigger">Its queue and its connection.</param>
/// <param name="Call">Makes an instance of the class from the services of a scope, and calls the method.</param>
internal sealed record QueueFunctionMethod(
    string Name, Type Class, string Parameter, QueueTriggerAttribute Trigger, Func<IServiceProvider, QueueInvocation, Task> Call);
