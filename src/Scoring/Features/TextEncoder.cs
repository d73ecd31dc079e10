using System.Buffers;
using System.Text;
using System.Text.Json;
using Scoring.Features.Text;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>A text as a row of token ids; its ids themselves, made by the caller beforehand, are taken too, and two texts where the tokenizer joins pairs.</summary>
internal sealed class TextEncoder(string name, TokenInputs inputs, ITextTokenizer tokenizer, WindowCutter? windows, string? fallback) : FeatureEncoder(name, inputs.Ids), IDisposable
{
    private readonly byte[]? fallback = fallback is null ? null : Encoding.UTF8.GetBytes(fallback);

    /// <summary>The inputs that it fills.</summary>
    public TokenInputs Inputs => inputs;

    /// <summary>What tokenizes, for people.</summary>
    public string TokenizerKind => tokenizer.Kind;

    public override bool HasDefault => fallback is not null;

    public override IEnumerable<FeatureColumn> Columns => [new(Name, FeatureColumnKind.Length, Input, 0)];

    public override string Expected => tokenizer.TakesPairs
        ? $"a text, two texts in an array, or at most {tokenizer.MaxTokens} token ids from 0 to {tokenizer.IdCount - 1} in an array"
        : $"a text, or at most {tokenizer.MaxTokens} token ids from 0 to {tokenizer.IdCount - 1} in an array";

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                var text = Unescaped(ref reader, out var rented);
                Write(text, (TokenBuffer)buffer);
                Return(rented);
                return true;
            case JsonTokenType.StartArray:
                return TryReadArray(ref reader, (TokenBuffer)buffer, site);
            default:
                return Refuse(site, Found.Describe(ref reader));
        }
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site)
    {
        Write(text, (TokenBuffer)buffer);
        return true;
    }

    public override void WriteDefault(InputBuffer buffer) => Write(fallback, (TokenBuffer)buffer);

    public void Dispose() => (tokenizer as IDisposable)?.Dispose();

    private void Write(ReadOnlySpan<byte> text, TokenBuffer buffer)
    {
        text = buffer.WithPrefix(text);
        if (windows is not null)
        {
            windows.Write(text, buffer);
            return;
        }

        var length = tokenizer.Tokenize(text, buffer.Reserve(tokenizer.MaxTokens), out var truncated);
        buffer.End(length, length, truncated);
    }

    private bool TryReadArray(ref Utf8JsonReader reader, TokenBuffer buffer, FaultSite site)
    {
        var depth = reader.CurrentDepth;
        reader.Read();
        var read = reader.TokenType == JsonTokenType.String && tokenizer.TakesPairs
            ? TryReadPair(ref reader, buffer, site)
            : TryReadIds(ref reader, buffer, site, depth);

        // Whatever was refused, the reader is left on the array's end.
        while (reader.CurrentDepth > depth || reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Read();
        }

        return read;
    }

    private bool TryReadIds(ref Utf8JsonReader reader, TokenBuffer buffer, FaultSite site, int depth)
    {
        var ids = buffer.Reserve(tokenizer.MaxTokens);
        var length = 0;
        for (; reader.CurrentDepth > depth; reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var id) || id < 0 || id >= tokenizer.IdCount)
            {
                site.Add(ErrorCode.InvalidValue, Name, $"found {Found.Describe(ref reader)}; expected a token id from 0 to {tokenizer.IdCount - 1}", $"/{length}");
                return false;
            }

            if (length == ids.Length)
            {
                return Refuse(site, $"more than {ids.Length} token ids");
            }

            ids[length++] = id;
        }

        buffer.End(length, length, truncated: false);
        return true;
    }

    private bool TryReadPair(ref Utf8JsonReader reader, TokenBuffer buffer, FaultSite site)
    {
        var first = Unescaped(ref reader, out var firstRented);
        reader.Read();
        var second = reader.TokenType == JsonTokenType.String ? Unescaped(ref reader, out var secondRented) : Unread(out secondRented);
        var isPair = reader.TokenType == JsonTokenType.String && reader.Read() && reader.TokenType == JsonTokenType.EndArray;
        if (isPair)
        {
            var length = tokenizer.TokenizePair(first, second, buffer.Reserve(tokenizer.MaxTokens), out var secondStart, out var truncated);
            buffer.End(length, secondStart, truncated);
        }

        Return(firstRented);
        Return(secondRented);
        return isPair || Refuse(site, "texts in an array that are not two");
    }

    private static ReadOnlySpan<byte> Unread(out byte[]? rented)
    {
        rented = null;
        return [];
    }

    private static ReadOnlySpan<byte> Unescaped(ref Utf8JsonReader reader, out byte[]? rented)
    {
        rented = null;
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        return rented.AsSpan(0, JsonText.Unescape(reader.ValueSpan, rented));
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
