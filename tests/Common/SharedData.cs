namespace TestCommon;

internal static class SharedData
{
    public static string? ReasonToSkip(string path) =>
        Path.Exists(Checkout.SharedPathTo(path)) ? null : $"../shared/{path} is not beside this checkout.";
}
