using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Scoring.Bench.Measuring;

/// <summary>npm's <c>@huggingface/tokenizers</c> in a Node process of its own, for one tokenizer.json. Installed beside its lock file on first use; ends when disposed.</summary>
internal sealed class TokenizerPeer : IDisposable
{
    private readonly Process node;

    private TokenizerPeer(Process node) => this.node = node;

    /// <summary>Starts it.</summary>
    /// <param name="folder">bench/peers/tokenizer of a checkout.</param>
    /// <param name="tokenizerFile">The tokenizer.json.</param>
    /// <exception cref="InvalidOperationException">Node or npm is missing, or the package does not install; the message says which.</exception>
    public static TokenizerPeer Start(string folder, string tokenizerFile)
    {
        if (Install(folder) is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        return new TokenizerPeer(Run("node", [Path.Combine(folder, "tokenize.mjs"), tokenizerFile]));
    }

    /// <summary>Installs the package; returns why it cannot be, or null.</summary>
    public static string? Install(string folder)
    {
        // Several processes may come here at once.
        using var gate = new Mutex(false, "scoring-tokenizer-peer-npm");
        gate.WaitOne();
        try
        {
            var installed = Path.Combine(folder, "node_modules", ".package-lock.json");
            if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
            {
                return null;
            }

            using var npm = Run("npm", ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
            npm.StandardInput.Close();
            var said = npm.StandardOutput.ReadToEnd();
            npm.WaitForExit();
            return npm.ExitCode == 0 ? null : $"npm could not install bench/peers/tokenizer/package.json. {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node 20 with npm is missing.";
        }
        finally
        {
            gate.ReleaseMutex();
        }
    }

    /// <summary>The ids and types of texts, or of pairs of texts.</summary>
    public IReadOnlyList<(long[] Ids, int[] Types)> Tokenize(IReadOnlyList<string> texts, IReadOnlyList<string>? pairs = null)
    {
        using var answer = Ask<object>(pairs is null ? texts.Select(Encode) : texts.Zip(pairs, (text, pair) => new[] { Encode(text), Encode(pair) }));
        return [.. answer.RootElement.EnumerateArray().Select(tokens => (
            tokens.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64()).ToArray(),
            tokens.GetProperty("types").EnumerateArray().Select(type => type.GetInt32()).ToArray()))];
    }

    /// <summary>How long tokenizing all of them takes it, and how many tokens they are.</summary>
    public (TimeSpan Duration, int Tokens) Time(IReadOnlyList<string> texts)
    {
        using var answer = Ask(new { time = texts.Select(Encode) });
        return (TimeSpan.FromMilliseconds(answer.RootElement.GetProperty("milliseconds").GetDouble()), answer.RootElement.GetProperty("count").GetInt32());
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        node.StandardInput.Close();
        node.WaitForExit();
        node.Dispose();
    }

    private JsonDocument Ask<T>(T question)
    {
        node.StandardInput.WriteLine(JsonSerializer.Serialize(question));
        node.StandardInput.Flush();
        return JsonDocument.Parse(node.StandardOutput.ReadLine() ?? throw new InvalidOperationException("bench/peers/tokenizer/tokenize.mjs has ended."));
    }

    // UTF-16 as it is: half a surrogate pair has no other way into Node.
    private static string Encode(string text) => Convert.ToBase64String(Encoding.Unicode.GetBytes(text));

    private static Process Run(string program, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}
