namespace Samples.Topics;

/// <summary>One package's description.</summary>
/// <param name="Source">The source package that it is built from; packages of one source are often described in the same words.</param>
/// <param name="Topic">Index into <see cref="Topics.Topic.Names"/>.</param>
/// <param name="Text">Summary and description, in UTF-8.</param>
public sealed record TopicText(string Source, int Topic, byte[] Text);
