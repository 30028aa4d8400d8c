namespace LegoNet.Records;

/// <summary>A node and where it stands: the parent that names it (null at the root) and the digit.</summary>
internal readonly record struct NodePlace(NodeRef Node, InteriorNode? Parent = null, int Digit = 0);
