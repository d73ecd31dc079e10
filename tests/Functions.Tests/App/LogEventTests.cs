using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Scoring;
using Scoring.Batch;
using Scoring.Http;
using TestCommon;

namespace Functions.Tests.App;

/// <summary>Every message that the app logs has an event id of its own, listed in docs/log-events.md. With UPDATE_SNAPSHOTS=1 the page's table is written anew.</summary>
public sealed class LogEventTests
{
    private const string Header = "| event | level | from | message |\n| --- | --- | --- | --- |\n";

    private static readonly IReadOnlyList<(string From, LoggerMessageAttribute Event)> Events =
        [.. new[] { typeof(ScoringException), typeof(BatchServices), typeof(JsonResult), typeof(global::LocalHost.Hosting.HostSettings) }
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly), (type, method) => (Type: type, Method: method))
            .Select(pair => (From: pair.Type.Name, Event: pair.Method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(pair => pair.Event is not null)
            .OrderBy(pair => pair.Event.EventId).ThenBy(pair => pair.From, StringComparer.Ordinal)];

    [Fact]
    public void Event_Every_HasAnIdOfItsOwn()
    {
        Assert.True(Events.Count > 40, "The messages were not found.");
        Assert.All(Events, pair => Assert.True(pair.Event.EventId > 0, $"A message of {pair.From} has no event id: {pair.Event.Message}"));
        Assert.Empty(Events.GroupBy(pair => pair.Event.EventId).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(" and ", group.Select(pair => pair.From))}"));
    }

    [Fact]
    public void Page_Table_ListsEveryEvent()
    {
        var path = Checkout.PathTo("docs", "log-events.md");
        var page = File.ReadAllText(path);
        var start = page.IndexOf(Header, StringComparison.Ordinal);
        var wanted = page[..start] + Header + string.Concat(Events.Select(pair =>
            string.Create(CultureInfo.InvariantCulture, $"| {pair.Event.EventId} | {pair.Event.Level} | {pair.From} | {pair.Event.Message.Replace("|", "\\|", StringComparison.Ordinal)} |\n")));
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") is "1")
        {
            File.WriteAllText(path, wanted);
            return;
        }

        Assert.True(wanted == page, "docs/log-events.md lists other events than the code has: write it anew with UPDATE_SNAPSHOTS=1 and review the difference.");
    }
}
