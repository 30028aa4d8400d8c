namespace LegoNet.Demo;

/// <summary>How hard the pictures of a set are to read.</summary>
/// <param name="SmallestSize">Half the size of the smallest object, pixels.</param>
/// <param name="LargestSize">Half the size of the largest object, pixels.</param>
/// <param name="TurnReach">Largest turn either way: tangent of half the angle (1 = a quarter turn).</param>
/// <param name="AnyTurn">True when objects stand at any angle and <paramref name="TurnReach"/> does not matter.</param>
/// <param name="LeastContrast">Smallest difference of brightness between object and paper, 0–255.</param>
/// <param name="MostClutter">Largest number of stray marks behind the object.</param>
/// <param name="OcclusionShare">Share of pictures in which something covers a part of the object.</param>
/// <param name="MostNoise">Largest amplitude of the pixel noise, 0–255.</param>
/// <param name="Warp">Largest bend of the whole object, in sketch units.</param>
internal sealed record SceneOptions(
    double SmallestSize,
    double LargestSize,
    double TurnReach,
    bool AnyTurn,
    double LeastContrast,
    int MostClutter,
    double OcclusionShare,
    double MostNoise,
    double Warp);
