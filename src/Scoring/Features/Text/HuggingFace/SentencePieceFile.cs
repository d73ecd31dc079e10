using Google.Protobuf;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>What conversion needs of SentencePiece's <c>.model</c>: a protocol buffer, <c>sentencepiece_model.proto</c> of its sources.</summary>
internal sealed class SentencePieceFile
{
    /// <summary>Pieces in the order of their ids, with their scores and types.</summary>
    public List<(string Piece, float Score, SentencePieceType Type)> Pieces { get; } = [];

    /// <summary>Whether it is BPE; otherwise it is Unigram.</summary>
    public bool IsBpe { get; private set; }

    /// <summary>Whether the model has bytes for what it does not know.</summary>
    public bool HasBytes { get; private set; }

    /// <summary>The id of the unknown.</summary>
    public int UnknownId { get; private set; }

    /// <summary>The piece of the unknown.</summary>
    public string UnknownPiece { get; private set; } = "<unk>";

    /// <summary>The compiled map of characters; empty where there is none.</summary>
    public byte[] Charsmap { get; private set; } = [];

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="InvalidDataException">It is none, or of a kind other than Unigram and BPE.</exception>
    public static SentencePieceFile Read(byte[] content)
    {
        var file = new SentencePieceFile();
        try
        {
            Fields(new CodedInputStream(content), file.TakeModel);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new InvalidDataException($"no model of SentencePiece: {exception.Message.TrimEnd('.')}", exception);
        }

        return file.Pieces.Count > 3 ? file : throw new InvalidDataException($"no model of SentencePiece: found {file.Pieces.Count} pieces; expected more than three");
    }

    private static void Fields(CodedInputStream stream, Func<uint, CodedInputStream, bool> take)
    {
        for (var tag = stream.ReadTag(); tag != 0; tag = stream.ReadTag())
        {
            if (!take(tag, stream))
            {
                stream.SkipLastField();
            }
        }
    }

    private bool TakeModel(uint tag, CodedInputStream stream) => WireFormat.GetTagFieldNumber(tag) switch
    {
        1 => Take(stream, TakePieces),
        2 => Take(stream, part => Fields(part, TakeTrainer)),
        3 => Take(stream, part => Fields(part, TakeNormalizer)),
        _ => false,
    };

    private static bool Take(CodedInputStream stream, Action<CodedInputStream> read)
    {
        read(stream.ReadBytes().CreateCodedInput());
        return true;
    }

    private void TakePieces(CodedInputStream stream)
    {
        var (piece, score, type) = ("", 0f, SentencePieceType.Normal);
        Fields(stream, (tag, part) =>
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    piece = part.ReadString();
                    return true;
                case 2:
                    score = part.ReadFloat();
                    return true;
                case 3:
                    type = (SentencePieceType)part.ReadEnum();
                    return true;
                default:
                    return false;
            }
        });
        Pieces.Add((piece, score, type));
    }

    private bool TakeTrainer(uint tag, CodedInputStream stream)
    {
        switch (WireFormat.GetTagFieldNumber(tag))
        {
            case 3:
                var kind = stream.ReadEnum();
                IsBpe = kind == 2;
                return kind is 1 or 2 ? true : throw new InvalidOperationException($"found the model type {kind}; expected 1, Unigram, or 2, BPE");
            case 35:
                HasBytes = stream.ReadBool();
                return true;
            case 40:
                UnknownId = stream.ReadInt32();
                return true;
            case 45:
                UnknownPiece = stream.ReadString();
                return true;
            default:
                return false;
        }
    }

    private bool TakeNormalizer(uint tag, CodedInputStream stream)
    {
        if (WireFormat.GetTagFieldNumber(tag) != 2)
        {
            return false;
        }

        Charsmap = stream.ReadBytes().ToByteArray();
        return true;
    }
}
