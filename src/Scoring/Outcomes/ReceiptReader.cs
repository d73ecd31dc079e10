using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Scoring.Configuration;

namespace Scoring.Outcomes;

/// <summary>Reads receipts that this app's keys signed. Thread safe.</summary>
internal sealed class ReceiptReader(ReceiptKeys keys)
{
    // What JSON shows of a probability is as exact as the receipt.
    private const int Digits = 6;
    private const int ShareDigits = 9;

    /// <summary>Reads a receipt.</summary>
    /// <param name="text">As it was given out.</param>
    /// <param name="receipt">What it says; null when it is refused.</param>
    /// <returns>Why it is refused; null when it is good.</returns>
    public OutcomeFault? Read(string text, out Receipt? receipt)
    {
        receipt = null;
        Span<byte> bytes = stackalloc byte[ReceiptLayout.MaxBytes];
        if (!TryDecode(text, bytes, out var length))
        {
            return OutcomeFault.Malformed("found a text that is no receipt; expected one as it was given out");
        }

        if (bytes[0] != ReceiptLayout.Number)
        {
            return OutcomeFault.Malformed($"found a receipt of layout {bytes[0]}; expected layout {ReceiptLayout.Number}");
        }

        if (keys.Find(BinaryPrimitives.ReadUInt32BigEndian(bytes[ReceiptLayout.KeyAt..])) is not { } key)
        {
            return OutcomeFault.UnknownKey;
        }

        var content = bytes[..(length - ReceiptKey.SignatureBytes)];
        if (!key.Fits(content, bytes[content.Length..length]))
        {
            return OutcomeFault.Forged;
        }

        receipt = ReadSigned(content);
        return null;
    }

    // One receipt has one spelling: what decodes to the same bytes by other characters was altered.
    private static bool TryDecode(string text, Span<byte> bytes, out int length)
    {
        length = 0;
        if (text.Length > Base64Url.GetEncodedLength(bytes.Length)
            || Base64Url.DecodeFromChars(text, bytes, out var consumed, out length) != OperationStatus.Done
            || consumed != text.Length
            || length < ReceiptLayout.NameAt + ReceiptKey.SignatureBytes)
        {
            return false;
        }

        Span<char> spelled = stackalloc char[text.Length];
        return Base64Url.TryEncodeToChars(bytes[..length], spelled, out var count) && spelled[..count].SequenceEqual(text);
    }

    private static Receipt ReadSigned(ReadOnlySpan<byte> content)
    {
        var nameEnd = ReceiptLayout.NameAt + content[ReceiptLayout.NameLengthAt];
        var receipt = new Receipt(
            Encoding.ASCII.GetString(content[ReceiptLayout.NameAt..nameEnd]),
            BinaryPrimitives.ReadInt32BigEndian(content[ReceiptLayout.VersionAt..]),
            Convert.ToHexStringLower(content.Slice(ReceiptLayout.ContentAt, ReceiptLayout.ContentBytes)),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(content[ReceiptLayout.IssuedAt..])),
            Base64Url.EncodeToString(content.Slice(ReceiptLayout.NonceAt, ReceiptLayout.NonceBytes)),
            (ModelTask)(content[ReceiptLayout.TaskAt] & ~ReceiptLayout.Dealt));
        var rest = content[nameEnd..];
        if ((content[ReceiptLayout.TaskAt] & ReceiptLayout.Dealt) != 0)
        {
            receipt = receipt with { Visitor = BinaryPrimitives.ReadUInt32BigEndian(rest) };
            rest = rest[sizeof(uint)..];
        }

        if (receipt.Task == ModelTask.Regression)
        {
            return receipt with { Value = BinaryPrimitives.ReadDoubleBigEndian(rest) };
        }

        var labels = Take(ref rest);
        receipt = receipt with { LabelCount = labels };
        receipt = receipt.Task == ModelTask.Classification ? receipt with { Best = Take(ref rest) } : receipt with { Decided = TakeDecided(ref rest) };
        return receipt with { Probabilities = TakeProbabilities(ref rest, labels, isMean: receipt.Task == ModelTask.Multilabel) };
    }

    private static int[] TakeDecided(ref ReadOnlySpan<byte> rest)
    {
        var decided = new int[Take(ref rest)];
        for (var index = 0; index < decided.Length; index++)
        {
            decided[index] = Take(ref rest);
        }

        return decided;
    }

    private static double[] TakeProbabilities(ref ReadOnlySpan<byte> rest, int labels, bool isMean)
    {
        var probabilities = new double[labels];
        if (labels <= ReceiptLayout.MaxProbabilities)
        {
            for (var index = 0; index < labels; index++)
            {
                probabilities[index] = Round((double)Take(ref rest) / ReceiptLayout.One);
            }

            return probabilities;
        }

        Array.Fill(probabilities, double.NaN);
        for (var greatest = 0; greatest < ReceiptLayout.MaxProbabilities; greatest++)
        {
            var index = Take(ref rest);
            probabilities[index] = Round((double)Take(ref rest) / ReceiptLayout.One);
        }

        var left = (double)Take(ref rest) / ReceiptLayout.One;
        var share = Math.Round(isMean ? left : left / (labels - ReceiptLayout.MaxProbabilities), ShareDigits);
        for (var index = 0; index < labels; index++)
        {
            probabilities[index] = double.IsNaN(probabilities[index]) ? share : probabilities[index];
        }

        return probabilities;
    }

    private static double Round(double probability) => Math.Round(probability, Digits);

    private static int Take(ref ReadOnlySpan<byte> rest)
    {
        var number = BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[sizeof(ushort)..];
        return number;
    }
}
