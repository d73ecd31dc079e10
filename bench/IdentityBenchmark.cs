using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Http.Identity;
using TestCommon;

namespace Scoring.Bench;

/// <summary>What it costs to know a caller by its token, once the token is known and before.</summary>
internal sealed class IdentityBenchmark : IBenchmark
{
    // Tokens of Entra ID have some 1,600 characters; what they hold beside their claims makes up for the rest.
    private const int FillerLength = 900;

    public string Name => "identity";

    public string Summary => "a request's bearer token, known and unknown, in process, above a request without";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var issuer = new FakeIssuer();
        await using var services = Services(issuer);
        var gate = services.GetRequiredService<CallerGate>();
        var token = Token(issuer, 0);
        var known = Request(services, token);
        var unknown = Enumerable.Range(1, 1000).Select(i => Request(services, Token(issuer, i))).ToArray();
        await AdmitAsync(gate, known);

        // Without an identity nothing of the gate is in the way; the loop itself is what remains. Short rounds: a busy machine interrupts few of them.
        var times = Rounds.Medians(5001, 100, [() => Admit(gate, known), () => { }], cancellationToken);
        var allocated = Rounds.AllocatedByThousand(() => Admit(gate, known)) / 1000.0;
        var next = 0;
        var first = Rounds.Medians(9, 50, [() => Admit(gate, unknown[next++ % unknown.Length])], cancellationToken)[0];
        var above = (times[0] - times[1]) / 1000;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"token of {token.Length} characters: known {above:F2} µs and {allocated:F0} bytes a request, checked for the first time {first / 1000:F0} µs"));
        var medians = new Dictionary<string, double> { ["knownNanoseconds"] = times[0], ["emptyNanoseconds"] = times[1], ["firstNanoseconds"] = first };
        return
        [
            new("a caller by a token that is known", "a request without identity", above, " µs", Aim.AtMost(5)) { Medians = medians },
            new("the same, a token that is checked for the first time", "a request without identity", first / 1000, " µs", null),
        ];
    }

    private static ServiceProvider Services(FakeIssuer issuer)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Scoring:Identity:Mode"] = nameof(IdentityMode.InsteadOfKeys),
            ["Scoring:Identity:Authority"] = issuer.Authority,
            ["Scoring:Identity:Audiences"] = FakeIssuer.Audience,
            ["Scoring:Identity:Models"] = "Shop=intent topics",
        }).Build();
        return new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddCallers(configuration).BuildServiceProvider();
    }

    private static string Token(FakeIssuer issuer, int number) => issuer.Token(["Score", "Shop"], claims => claims["filler"] = $"{number}{new string('x', FillerLength)}");

    private static DefaultHttpContext Request(IServiceProvider services, string token)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Path = "/api/score/intent";
        context.Request.Headers.Authorization = $"Bearer {token}";
        return context;
    }

    private static void Admit(CallerGate gate, HttpContext context) => AdmitAsync(gate, context).GetAwaiter().GetResult();

    private static async Task AdmitAsync(CallerGate gate, HttpContext context)
    {
        if (await gate.AdmitAsync(context, CallerRoles.Score, "intent") is not null)
        {
            throw new InvalidOperationException("The token of the benchmark is refused.");
        }
    }
}
