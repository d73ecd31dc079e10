using Google.Protobuf;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>Writes SentencePiece's <c>.model</c>.</summary>
internal static class SentencePieceModel
{
    /// <summary>Three tokens first, as SentencePiece has them, then pieces.</summary>
    /// <param name="first">Tokens with their types: 2 the unknown, 3 control.</param>
    /// <param name="pieces">Pieces and scores.</param>
    /// <param name="modelType">1 Unigram, 2 BPE, 3 words.</param>
    /// <param name="charsmap">Null for none.</param>
    /// <param name="bytes">Whether it falls back to bytes, which are pieces then.</param>
    public static byte[] Write((string Token, int Type)[] first, IEnumerable<(string Piece, double Score)> pieces, int modelType, byte[]? charsmap = null, bool bytes = false)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            var all = first.Select(token => (Piece: token.Token, Score: 0.0, token.Type))
                .Concat(bytes ? Enumerable.Range(0, 0x100).Select(value => (Piece: $"<0x{value:X2}>", Score: 0.0, Type: 6)) : [])
                .Concat(pieces.Select(piece => (piece.Piece, piece.Score, Type: 1)));
            foreach (var (piece, score, type) in all)
            {
                Message(output, 1, part =>
                {
                    part.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    part.WriteString(piece);
                    part.WriteTag(2, WireFormat.WireType.Fixed32);
                    part.WriteFloat((float)score);
                    part.WriteTag(3, WireFormat.WireType.Varint);
                    part.WriteEnum(type);
                });
            }

            Message(output, 2, part =>
            {
                part.WriteTag(3, WireFormat.WireType.Varint);
                part.WriteEnum(modelType);
                part.WriteTag(35, WireFormat.WireType.Varint);
                part.WriteBool(bytes);
                part.WriteTag(40, WireFormat.WireType.Varint);
                part.WriteInt32(Array.FindIndex(first, token => token.Type == 2));
            });
            Message(output, 3, part =>
            {
                part.WriteTag(2, WireFormat.WireType.LengthDelimited);
                part.WriteBytes(ByteString.CopyFrom(charsmap ?? []));
            });
        }

        return stream.ToArray();
    }

    private static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var part = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(part);
        }

        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(stream.ToArray()));
    }
}
