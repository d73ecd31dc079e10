using System.ComponentModel.DataAnnotations;

namespace Scoring.Http.Identity;

/// <summary>The configuration section <c>Scoring:Callers</c> (environment <c>Scoring__Callers__X</c>): what one caller, by its identity or else by its function key, may ask of one instance.</summary>
public sealed class CallerOptions
{
    public const string Section = ScoringOptions.Section + ":Callers";

    /// <summary>Requests of a caller in a minute. Default 0: any number.</summary>
    [Range(0L, 1L << 40)]
    public long RequestsPerMinute { get; set; }

    /// <summary>Rows that a caller has scored in a minute; those of jobs are not counted. Default 0: any number.</summary>
    [Range(0L, 1L << 40)]
    public long RowsPerMinute { get; set; }

    /// <summary>Bytes of a caller's bodies in a minute, as they are sent. Default 0: any number.</summary>
    [Range(0L, 1L << 50)]
    public long BytesPerMinute { get; set; }

    /// <summary>Whether requests and rows are counted by caller also where neither identities nor limits ask for it. Default false.</summary>
    public bool Count { get; set; }
}
