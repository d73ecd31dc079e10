using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tokenizers.DotNet;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>
/// Hugging Face's own tokenizers (NuGet Tokenizers.DotNet), the one place that touches them: nothing of the library is loaded before the first of these is
/// made. Thread safe.
/// </summary>
internal sealed class NativeTokenizer : IDisposable
{
    private const string Platforms = "linux-x64, linux-arm64, osx-x64, osx-arm64, win-x64 and win-arm64";

    // Of what ended a process once, or may: each is read when a tokenizer is loaded, which the probe does first.
    private static readonly string[] Trials =
    [
        "", " ", "A text of four words: it's 1,234.5 €!", "\0\t\r\n\u00A0\u3000\u200B\uFEFF\uFFFD", "e\u0301\u0327 ﬁ Å ﬃ ½ ㍿ ΑΣ ß İ ﷺ", "日本語のテキスト。中文 한국어 𠀀",
        "👩‍👩‍👧‍👦🏳️‍🌈 🇩🇪", "עברית \u202Eabc\u202C العربية", "\U0010FFFF\uE000", new string('a', 5000), new string(' ', 5000), new string('!', 5000), new string('7', 5000),
    ];

    private readonly Tokenizer tokenizer;

    private NativeTokenizer(Tokenizer tokenizer) => this.tokenizer = tokenizer;

    /// <summary>Gives a document to the library.</summary>
    /// <exception cref="InvalidDataException">The library does not read it, or is not there.</exception>
    public static NativeTokenizer Load(TokenizerDocument document)
    {
        try
        {
            return Make(document);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or FileNotFoundException)
        {
            throw new InvalidDataException(
                $"{document.Kind} needs Hugging Face's tokenizers, whose native library is not with this app on {RuntimeInformation.RuntimeIdentifier}; "
                + $"NuGet has it for {Platforms}, as Tokenizers.DotNet.runtime and the platform's name ({exception.GetType().Name})",
                exception);
        }
    }

    /// <summary>The ids of a text, none around it.</summary>
    /// <exception cref="ScoringException">The library has none for it.</exception>
    public uint[] Encode(string text)
    {
        try
        {
            return tokenizer.Encode(text);
        }
        catch (TokenizerException exception)
        {
            throw new ScoringException(ErrorCode.InferenceFailed, "The model's tokenizer cannot read this text.", exception);
        }
    }

    public void Dispose() => tokenizer.Dispose();

    // Not inlined: only what is compiled names the library's types.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static NativeTokenizer Make(TokenizerDocument document)
    {
        // 1. The library takes a path alone.
        var path = ProcessFolder.Shared.NewPath(".json");
        Tokenizer tokenizer;
        try
        {
            using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
            {
                document.WriteBare(file);
            }

            tokenizer = new Tokenizer(path);
        }
        catch (TokenizerException exception)
        {
            throw new InvalidDataException(exception.Message.TrimEnd('.'), exception);
        }
        finally
        {
            File.Delete(path);
        }

        // 2. What loads may still fail on a text.
        try
        {
            foreach (var trial in Trials)
            {
                tokenizer.Encode(trial);
            }
        }
        catch (TokenizerException exception)
        {
            tokenizer.Dispose();
            throw new InvalidDataException($"a text cannot be read by it: {exception.Message.TrimEnd('.')}", exception);
        }

        return new NativeTokenizer(tokenizer);
    }
}
