using Hooks;

// azd runs these from azure.yaml, the same on every system: no shell script has to say everything twice.
using var context = HookContext.OfProcess();
Func<HookContext, Task>? hook = args switch
{
    ["package"] => PackageHook.RunAsync,
    ["publish-models"] => PublishModelsHook.RunAsync,
    ["before-deploy"] => PremiumPackage.BeforeDeployAsync,
    ["after-deploy"] => AfterDeployHook.RunAsync,
    _ => null,
};
if (hook is null)
{
    context.Say("Usage: hooks package | publish-models | before-deploy | after-deploy");
    return 2;
}

try
{
    await hook(context);
    return 0;
}
catch (Exception e) when (e is HookException or HttpRequestException or TaskCanceledException)
{
    context.Say(e.Message);
    return 1;
}
