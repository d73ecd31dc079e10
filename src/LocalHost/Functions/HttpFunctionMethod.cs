using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Triggers;

namespace LocalHost.Functions;

/// <summary>A method that a request starts. The generator of src/LocalHost.Generator writes one for each.</summary>
/// <param name="Name">The function's.</param>
/// <param name="Class">The class of the method.</param>
/// <param name="Parameter">The parameter that bears the trigger.</param>
/// <param name="Trigger">Its route, its methods and the key that it asks for.</param>
/// <param name="Purpose">Which keys and roles open it besides the keys that open every function; null for no others.</param>
/// <param name="Call">Makes an instance of the class from the services of the request, and calls the method.</param>
internal sealed record HttpFunctionMethod(
    string Name, Type Class, string Parameter, HttpTriggerAttribute Trigger, PurposeAttribute? Purpose, Func<HttpContext, Task<IResult>> Call);
