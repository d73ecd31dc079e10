using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using TestCommon;
using Triggers;

namespace Functions.Tests.App;

/// <summary>What the key of each purpose opens, in the code and in docs/keys.md.</summary>
public class PurposeTests
{
    private static readonly Dictionary<string, KeyPurpose?> Purposes =
        (from type in typeof(Score).Assembly.GetExportedTypes()
         from method in type.GetMethods()
         let function = method.GetCustomAttribute<FunctionAttribute>()
         let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null)
         where function is not null && trigger is { AuthLevel: not AuthorizationLevel.Anonymous }
         select (function.Name, (method.GetCustomAttribute<PurposeAttribute>() ?? type.GetCustomAttribute<PurposeAttribute>())?.Purpose)).ToDictionary();

    [Fact]
    public void Function_ThatAsksForAKey_HasAPurpose() =>
        Assert.DoesNotContain(Purposes, function => function.Value is null);

    [Fact]
    public void KeysPage_OfEachPurpose_NamesItsFunctions()
    {
        var rows = File.ReadLines(Checkout.PathTo("docs", "keys.md")).Select(line => line.Split('|')).Where(cells => cells.Length == 5)
            .Select(cells => (Purpose: cells[1].Trim(), Functions: cells[2].Split('`').Where((_, index) => index % 2 == 1)));

        Assert.All(Enum.GetValues<KeyPurpose>(), purpose =>
        {
            var row = Assert.Single(rows, row => row.Purpose.Equals(purpose.ToString(), StringComparison.OrdinalIgnoreCase));
            Assert.Equal(Purposes.Where(function => function.Value == purpose).Select(function => function.Key).Order(StringComparer.Ordinal), row.Functions.Order(StringComparer.Ordinal));
        });
    }
}
