namespace Scoring.Outcomes.Reading;

/// <summary>What a model does whose outcomes are read.</summary>
internal enum OutcomeTask
{
    /// <summary>A line that does not say.</summary>
    Unknown,

    /// <summary>One label of several.</summary>
    Classification,

    /// <summary>Any number of labels.</summary>
    Multilabel,

    /// <summary>One number.</summary>
    Regression,
}
