using System.Text.Json.Nodes;

namespace Samples.Intent;

/// <summary>Sessions as the instances that the endpoint takes.</summary>
public static class SessionJson
{
    public static JsonObject Of(Session session)
    {
        var instance = new JsonObject();
        for (var column = 0; column < session.Numbers.Length; column++)
        {
            instance[SessionColumns.Numbers[column]] = session.Numbers[column];
        }

        instance["Month"] = session.Month;
        instance["VisitorType"] = session.VisitorType;
        instance["Weekend"] = session.Weekend;
        return instance;
    }
}
