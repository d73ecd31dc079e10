namespace Scoring.Batch.Messages;

/// <content>What a message may hold. The description of the routes is held against these tables.</content>
internal ref partial struct JobRequestParser
{
    /// <summary>The properties of a message, in the order that faults name them.</summary>
    internal static readonly IReadOnlyDictionary<string, MemberReader> Members = new Dictionary<string, MemberReader>(StringComparer.Ordinal)
    {
        ["id"] = static (ref parser, at) => parser.id = parser.ReadName(at),
        ["model"] = static (ref parser, at) => parser.model = parser.ReadName(at),
        ["version"] = static (ref parser, at) => parser.version = parser.ReadVersion(at),
        ["group"] = static (ref parser, at) => parser.group = parser.ReadName(at),
        ["traceparent"] = static (ref parser, at) => parser.traceParent = parser.ReadString(at),
        ["instances"] = static (ref parser, at) => parser.ReadInstances(at),
        ["input"] = static (ref parser, at) => parser.ReadInput(at),
        ["keep"] = static (ref parser, at) => parser.ReadKeep(at),
        ["features"] = static (ref parser, at) => parser.features = parser.ReadString(at),
        ["output"] = static (ref parser, at) => parser.output = parser.ReadFormat(at) ?? JobFormat.JsonLines,
        ["priority"] = static (ref parser, at) => parser.priority = parser.ReadPriority(at),
        ["maxFailedRows"] = static (ref parser, at) => parser.maxFailedRows = parser.ReadFailedRows(at),
        ["receipts"] = static (ref parser, at) => parser.receipts = parser.ReadFlag(at),
        ["timeout"] = static (ref parser, at) => parser.timeout = parser.ReadTimeout(at),
    };

    /// <summary>The properties of <c>input</c>.</summary>
    internal static readonly IReadOnlyDictionary<string, MemberReader> InputMembers = new Dictionary<string, MemberReader>(StringComparer.Ordinal)
    {
        ["blob"] = static (ref parser, at) => parser.blob = parser.ReadString(at),
        ["prefix"] = static (ref parser, at) => parser.prefix = parser.ReadString(at),
        ["format"] = static (ref parser, at) => parser.inputFormat = parser.ReadFormat(at),
        ["delimiter"] = static (ref parser, at) => parser.delimiter = parser.ReadDelimiter(at),
    };

    /// <summary>Reads the value of a property, which the parser's reader stands on.</summary>
    internal delegate void MemberReader(scoped ref JobRequestParser parser, string pointer);

    private static string AnyOf(IReadOnlyDictionary<string, MemberReader> members) => $"{string.Join(", ", members.Keys.SkipLast(1))} or {members.Keys.Last()}";
}
