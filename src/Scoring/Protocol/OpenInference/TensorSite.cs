using System.Globalization;
using System.Text;

namespace Scoring.Protocol.OpenInference;

/// <summary>Where in a request the faults of one tensor are found.</summary>
/// <param name="Faults">Receives the faults.</param>
/// <param name="Index">Index of the tensor among the inputs.</param>
/// <param name="Name">The tensor's name, empty while it is not known.</param>
internal readonly record struct TensorSite(FaultList Faults, int Index, string Name)
{
    /// <summary>Adds a fault; <paramref name="path"/> leads on from the tensor, such as <c>/shape</c>.</summary>
    public void Add(ErrorCode code, string path, string detail)
    {
        var pointer = string.Create(CultureInfo.InvariantCulture, $"/inputs/{Index}{path}");
        Faults.Add(code, pointer, Name.Length == 0 ? detail : $"input '{Name}': {detail}");
    }

    /// <summary>Adds a fault of the element at the indexes.</summary>
    public void Add(ErrorCode code, ReadOnlySpan<int> indexes, string detail)
    {
        var path = new StringBuilder("/data");
        foreach (var index in indexes)
        {
            path.Append(CultureInfo.InvariantCulture, $"/{index}");
        }

        Add(code, path.ToString(), detail);
    }
}
