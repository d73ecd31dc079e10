namespace InfraTests.Checks;

/// <summary>The description of the routes against the schema of OpenAPI 3.1.</summary>
public class OpenApiTests
{
    private static readonly string Schema = Checkout.PathTo("tests", "Infra.Tests", "node_modules", "@apidevtools", "openapi-schemas", "schemas", "v3.1", "schema.json");

    [NodeFact]
    public void Validate_Description_MeetsTheSchemaOfOpenApi() => Assert.Empty(Faults(Checkout.PathTo("src", "Http", "OpenApi", "openapi.json")));

    [NodeFact]
    public void Validate_ResponseWithoutADescription_IsRefused()
    {
        var broken = Path.GetTempFileName();
        try
        {
            File.WriteAllText(broken, """{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/":{"get":{"responses":{"200":{}}}}}}""");

            Assert.NotEmpty(Faults(broken));
        }
        finally
        {
            File.Delete(broken);
        }
    }

    // The validator takes a dynamic reference for one to the root; what is inside of schemas is checked by the examples that meet them.
    private static string[] Faults(string file)
    {
        var schema = Path.GetTempFileName();
        try
        {
            File.WriteAllText(schema, File.ReadAllText(Schema).Replace("\"$dynamicRef\": \"#meta\"", "\"$ref\": \"#/$defs/schema\"", StringComparison.Ordinal));
            return NodeTools.Ask<string[]>(new { tool = "schemaFaults", schema, file });
        }
        finally
        {
            File.Delete(schema);
        }
    }
}
