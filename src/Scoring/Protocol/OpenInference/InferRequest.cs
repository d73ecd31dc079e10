using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Inference.Buffers;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>An inference request of the Open Inference Protocol, checked and in native form. Dispose it after its run and before the body's memory.</summary>
public sealed class InferRequest : IDisposable
{
    private readonly Dictionary<(int Input, TensorRole Role, int Item), TensorPart> parts = [];
    private readonly List<OrtValue> values = [];
    private readonly List<string> names = [];
    private readonly HashSet<int> mentioned = [];
    private readonly LoadedModel model;

    private InferRequest(LoadedModel model) => this.model = model;

    /// <summary>The request's own name, repeated in the answer; null where it has none.</summary>
    public string? Id { get; internal set; }

    /// <summary>The outermost dimension of the first tensor, for measurements.</summary>
    public int Rows { get; private set; } = 1;

    internal List<RequestedOutput> Outputs { get; } = [];

    /// <summary>Checks the shapes of the inputs, and so knows what the names of their dimensions stand for.</summary>
    internal ShapeCheck Shapes { get; } = new();

    /// <summary>Reads a request whose tensors stand in its JSON.</summary>
    /// <exception cref="ScoringException">The request is refused; message and faults say what to change.</exception>
    public static InferRequest Read(LoadedModel model, ReadOnlySpan<byte> json) => Read(model, json, new BinaryData(null, 0), json.Length);

    /// <summary>Reads a request whose tensors may follow its JSON.</summary>
    /// <param name="model">The model, leased for as long as the request is used.</param>
    /// <param name="body">JSON and tensors; must stay until the request is disposed.</param>
    /// <param name="headerLength">Bytes of the JSON; 0 for a body that is nothing but the one tensor of a model with one input.</param>
    /// <exception cref="ScoringException">The request is refused; message and faults say what to change.</exception>
    public static InferRequest Read(LoadedModel model, TensorMemory body, int headerLength)
        => headerLength == 0 ? ReadRaw(model, body) : Read(model, body.Span[..headerLength], new BinaryData(body, headerLength), body.Length);

    /// <summary>Runs the model. Call it once, inside a run slot.</summary>
    /// <param name="limit">Ends the run; null for one that nobody ends.</param>
    /// <param name="maxAnswerBytes">Most bytes of the answer; more are refused, before the run where the model's shapes tell and otherwise before anything is written.</param>
    /// <exception cref="ScoringException">The run fails, its time is over, or the answer would be too large.</exception>
    /// <exception cref="OperationCanceledException">The limit ended it: its caller left.</exception>
    public InferResponse Run(RunLimit? limit = null, long maxAnswerBytes = long.MaxValue)
    {
        var outputs = InferSignature.Of(model).Outputs;
        AnswerSize.RequireBeforeRun(Outputs, outputs, Shapes, maxAnswerBytes);
        var wanted = Outputs.Select(output => output.Output).Distinct().ToArray();
        var results = TensorRun.Run(model.Session, names, values, Array.ConvertAll(wanted, output => outputs[output].Name), limit);
        var response = InferResponse.Create(model, this, wanted, results);
        try
        {
            response.RequireAtMost(maxAnswerBytes);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        values.ForEach(value => value.Dispose());
        values.Clear();
        foreach (var part in parts.Values)
        {
            part.Dispose();
        }

        parts.Clear();
    }

    internal void Mention(InputSlot slot) => mentioned.Add(slot.Input);

    internal bool TryAdd(InputSlot slot, TensorPart part)
    {
        if (parts.Count == 0)
        {
            Rows = part.Shape.Length == 0 ? 1 : (int)part.Shape[0];
        }

        Mention(slot);
        return parts.TryAdd((slot.Input, slot.Part, slot.Item), part);
    }

    internal void Assemble(InferSignature signature, FaultList faults)
    {
        // Missing inputs are told together with what else is wrong.
        ReportMissing(signature, faults);
        for (var input = 0; input < signature.Inputs.Count && faults.Count == 0; input++)
        {
            var value = ValueAssembly.Make(signature.Inputs[input], (role, item) => parts.GetValueOrDefault((input, role, item)), parts.Keys.Count(key => key.Input == input && key.Role == TensorRole.Item), faults);
            if (value is not null)
            {
                names.Add(signature.Inputs[input].Name);
                values.Add(value);
            }
        }
    }

    internal void WantAll(InferSignature signature, bool isBinary)
    {
        for (var output = 0; output < signature.Outputs.Count; output++)
        {
            foreach (var (role, spec) in InferSignature.Tensors(signature.Outputs[output]))
            {
                Outputs.Add(new RequestedOutput(spec.Name, output, role, isBinary));
            }
        }
    }

    internal void RequireBinaryForms(InferSignature signature, FaultList faults)
    {
        foreach (var output in Outputs)
        {
            var type = InferSignature.Tensors(signature.Outputs[output.Output]).First(tensor => tensor.Role == output.Role).Spec.ElementType;
            if (!output.IsBinary && output.Classes is null && Datatypes.IsBinaryOnly(type))
            {
                faults.Add(
                    ErrorCode.InvalidValue, "", $"the output '{output.Name}' is {Datatypes.Name(type)}, which has no JSON form; expected \"binary_data\": true among its parameters, or \"binary_data_output\" among the request's");
            }
        }
    }

    private void ReportMissing(InferSignature signature, FaultList faults)
    {
        for (var input = 0; input < signature.Inputs.Count; input++)
        {
            if (!signature.Optional[input] && !mentioned.Contains(input))
            {
                var spec = signature.Inputs[input];
                var expected = string.Join(" and ", InferSignature.Tensors(spec).Select(tensor => $"'{tensor.Spec.Name}' {ShapeCheck.Describe(tensor.Spec)}"));
                faults.Add(ErrorCode.MissingFeature, "/inputs", $"the input '{spec.Name}' is missing; expected {(expected.Length > 0 ? expected : $"{spec}, which has no tensor form: send instances")}");
            }
        }
    }

    // Python's clients write NaN and infinities as tokens that JSON does not have: once the reader stumbled, they are looked for.
    private static InferRequest Read(LoadedModel model, ReadOnlySpan<byte> json, BinaryData binary, int maxElements)
    {
        try
        {
            return ReadStrictly(model, json, binary, maxElements);
        }
        catch (JsonException) when (BareNumbers.Quote(json) is { } quoted)
        {
            try
            {
                return ReadStrictly(model, quoted, binary, maxElements);
            }
            catch (JsonException exception)
            {
                throw ScoreRequest.Malformed(exception, []);
            }
        }
        catch (JsonException exception)
        {
            throw ScoreRequest.Malformed(exception, []);
        }
    }

    private static InferRequest ReadStrictly(LoadedModel model, ReadOnlySpan<byte> json, BinaryData binary, int maxElements)
    {
        var request = new InferRequest(model);
        try
        {
            new InferRequestReader(InferSignature.Of(model), request, binary, maxElements).Read(json);
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private static InferRequest ReadRaw(LoadedModel model, TensorMemory body)
    {
        var request = new InferRequest(model);
        try
        {
            RawRequest.Read(InferSignature.Of(model), body, request);
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}
