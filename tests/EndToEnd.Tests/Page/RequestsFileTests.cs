using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Http;
using TestCommon;

namespace EndToEnd.Tests.Page;

/// <summary><c>requests.http</c> against the triggers and against the running app.</summary>
public sealed partial class RequestsFileTests(IntentApp intent) : IClassFixture<IntentApp>
{
    [Fact]
    public void Requests_EveryTriggersRoute_HasARequest()
    {
        var requests = Requests(string.Empty).Select(request => (request.Method, request.Path)).ToArray();
        var missing = Directory.GetFiles(Checkout.PathTo("src", "Triggers"), "*.cs").Select(File.ReadAllText)
            .SelectMany(code => TriggerPattern().Matches(code))
            .Where(trigger => !Array.Exists(requests, request =>
                request.Method.Equals(trigger.Groups["method"].Value, StringComparison.OrdinalIgnoreCase)
                && Regex.IsMatch(request.Path.Split('?')[0], PatternOf(trigger.Groups["route"].Value))))
            .Select(trigger => trigger.Value);

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Requests_SentInOrder_AreAnsweredAsTheySay()
    {
        await RunningApp.PublishEncoderAsync(intent.Storage);
        foreach (var (method, path, title, body) in Requests(intent.App.Client.BaseAddress!.ToString().TrimEnd('/')))
        {
            using var message = new HttpRequestMessage(new HttpMethod(method), path);
            message.Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await intent.App.Client.SendAsync(message);

            var refused = title.StartsWith("Refused", StringComparison.Ordinal);
            Assert.True(
                refused ? response.StatusCode == HttpStatusCode.BadRequest : response.IsSuccessStatusCode,
                $"{title}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    private static IEnumerable<(string Method, string Path, string Title, string Body)> Requests(string baseAddress) =>
        File.ReadAllText(Checkout.PathTo("requests.http")).ReplaceLineEndings("\n").Replace("{{base}}", baseAddress, StringComparison.Ordinal)
            .Split("\n### ").Skip(1)
            .Select(part =>
            {
                var halves = part.Split("\n\n", 2);
                var lines = halves[0].Split('\n');
                var words = lines[1].Split(' ');
                return (words[0], words[1], lines[0], halves.Length > 1 ? halves[1].Trim() : string.Empty);
            });

    // A parameter is one segment; one that may be absent may be empty.
    private static string PatternOf(string route) => $"^/{Regex.Replace(route, @"\{[^}]*?(\?)?\}", match => match.Groups[1].Success ? "[^/]*" : "[^/]+")}$";

    [GeneratedRegex("""HttpTrigger\(AuthorizationLevel\.\w+, "(?<method>\w+)", Route = "(?<route>[^"]*)"\)""")]
    private static partial Regex TriggerPattern();
}
