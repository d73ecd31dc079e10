using System.Text.Json;
using Scoring.Configuration;

namespace Scoring.Features.Text.WordPiece;

/// <summary>Reads the <c>post_processor</c> of a tokenizer.json: which ids stand around a text, and around two.</summary>
/// <param name="find">The id of a token, given where it is named; adds a fault where there is none.</param>
/// <param name="faults">Receives what is wrong.</param>
internal sealed class TemplateReader(Func<string, string, int> find, List<string> faults)
{
    private const string Place = "/post_processor";

    public (TokenTemplate Single, TokenTemplate Pair) Read(ConfigNode? node)
    {
        var bare = (new TokenTemplate([], [], [], First: null), new TokenTemplate([], [], [], First: 0));
        node = WithoutOffsets(node);
        switch (node?.Text("type"))
        {
            case null when node is null:
                return bare;
            case "BertProcessing":
                var separator = Named(node, "sep");
                var start = Named(node, "cls");
                return (new TokenTemplate([start], [], [separator], First: null), new TokenTemplate([start], [separator], [separator], First: 1));
            case "RobertaProcessing":
                var (begin, end) = (Named(node, "cls"), Named(node, "sep"));
                return (new TokenTemplate([begin], [], [end], First: null), new TokenTemplate([begin], [end, end], [end], First: null));
            case "TemplateProcessing":
                var tokens = node.Take("special_tokens");
                return (Template(node, "single", tokens, isPair: false), Template(node, "pair", tokens, isPair: true));
            case var other:
                faults.Add($"{Place}/type: found '{other ?? "none"}'; expected 'BertProcessing', 'RobertaProcessing', 'TemplateProcessing', 'ByteLevel' or a 'Sequence' of them");
                return bare;
        }
    }

    // "ByteLevel" moves the places of tokens in the text, which nobody asks for here. What else a sequence has may be one.
    private static ConfigNode? WithoutOffsets(ConfigNode? node)
    {
        switch (node?.PeekText("type"))
        {
            case "ByteLevel":
                return null;
            case "Sequence":
                var adding = node.Nodes("processors").Where(part => part.PeekText("type") != "ByteLevel").ToList();
                if (adding.Count > 1)
                {
                    node.Fault("processors", $"found {adding.Count} that add tokens; expected one");
                }

                return adding.Count == 0 ? null : WithoutOffsets(adding[0]);
            default:
                return node;
        }
    }

    // ["[SEP]", 102]
    private int Named(ConfigNode node, string name)
    {
        if (node.Take(name) is { ValueKind: JsonValueKind.Array } value && value.GetArrayLength() == 2 && value[0].ValueKind == JsonValueKind.String)
        {
            return find(value[0].GetString()!, $"{Place}/{name}");
        }

        node.Fault(name, "missing; expected a token and its id in an array");
        return 0;
    }

    private TokenTemplate Template(ConfigNode node, string name, JsonElement? tokens, bool isPair)
    {
        // 1. Its parts: ids, and null for each text.
        var parts = new List<(int? Id, int Type)>();
        var texts = "";
        foreach (var piece in node.Nodes(name))
        {
            if (piece.Node("Sequence") is { } sequence)
            {
                texts += sequence.Text("id");
                parts.Add((null, (int)(sequence.Number("type_id") ?? 0)));
            }
            else if (piece.Node("SpecialToken") is { } special)
            {
                var type = (int)(special.Number("type_id") ?? 0);
                parts.AddRange(Ids(special.Text("id") ?? "", tokens, $"{Place}/{name}").Select(id => ((int?)id, type)));
            }
        }

        // 2. Only what rows of ids and types can say.
        var types = parts.ConvertAll(part => part.Type);
        var second = types.IndexOf(1);
        if (texts != (isPair ? "AB" : "A") || !types.SequenceEqual(types.Order()) || types.Any(type => type is not (0 or 1)) || (!isPair && second >= 0))
        {
            node.Fault(name, $"found the texts '{texts}' with the types {string.Join(", ", types)}; expected {(isPair ? "A, then B, with the types 0, then 1" : "A with the type 0")}");
            return new TokenTemplate([], [], [], First: null);
        }

        // 3. Before, between, after.
        var first = parts.FindIndex(part => part.Id is null);
        var last = parts.FindLastIndex(part => part.Id is null);
        if (second >= 0 && (second <= first || second > last))
        {
            node.Fault(name, "found the type 1 first on no token between the texts or on the second text; expected it there");
        }

        return new TokenTemplate(Slice(0, first), isPair ? Slice(first + 1, last) : [], Slice(last + 1, parts.Count), second < 0 ? null : second - first - 1);

        int[] Slice(int from, int to) => [.. parts[from..to].Select(part => part.Id!.Value)];
    }

    private int[] Ids(string token, JsonElement? tokens, string where)
    {
        if (tokens is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty(token, out var entry)
            && entry.TryGetProperty("ids", out var ids) && ids.ValueKind == JsonValueKind.Array && ids.GetArrayLength() > 0)
        {
            return [.. ids.EnumerateArray().Select(id => id.GetInt32())];
        }

        return [find(token, where)];
    }
}
