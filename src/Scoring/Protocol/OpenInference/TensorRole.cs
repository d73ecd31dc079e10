namespace Scoring.Protocol.OpenInference;

/// <summary>What a tensor is to a value that the protocol, which knows tensors alone, carries in parts.</summary>
internal enum TensorRole
{
    /// <summary>A tensor; the values of a map or of a sequence of maps; the items of a sequence, stacked.</summary>
    Whole,

    /// <summary>The keys of a map or of a sequence of maps.</summary>
    Keys,

    /// <summary>One item of a sequence of tensors that have not one shape.</summary>
    Item,
}
