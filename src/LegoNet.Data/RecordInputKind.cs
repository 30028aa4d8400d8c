namespace LegoNet.Data;

/// <summary>Which shape of <see cref="RecordInput"/> an encoder reads; tells how a file given without a description is to be read.</summary>
public enum RecordInputKind
{
    /// <summary><see cref="ImageFileInput"/> or <see cref="PixelInput"/>.</summary>
    Image,

    /// <summary><see cref="TextInput"/>.</summary>
    Text,

    /// <summary><see cref="TableRowInput"/>.</summary>
    Table,

    /// <summary><see cref="VectorInput"/>.</summary>
    Vector,
}
