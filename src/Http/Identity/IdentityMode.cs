namespace Scoring.Http.Identity;

/// <summary>How identities stand to function keys.</summary>
public enum IdentityMode
{
    /// <summary>Function keys alone decide; a bearer token is not looked at.</summary>
    Off,

    /// <summary>The host asks for a function key as ever. A caller that shows an identity too is known by it, and has that identity's rights and no others.</summary>
    BesideKeys,

    /// <summary>No function key is asked for: every call needs an identity.</summary>
    InsteadOfKeys,
}
