using Microsoft.ML;

namespace Examples.Before;

/// <summary>Whether a customer renews: the half of the model that trains it, in the shape in which Model Builder writes it.</summary>
public static partial class RenewalModel
{
    public const char RetrainSeparatorChar = ',';
    public const bool RetrainHasHeader = true;
    public const bool RetrainAllowQuoting = true;

    /// <summary>Trains a new model on a file and saves it.</summary>
    public static void Train(string outputModelPath, string inputDataFilePath)
    {
        var mlContext = new MLContext();

        var data = LoadIDataViewFromFile(mlContext, inputDataFilePath);
        var model = RetrainModel(mlContext, data);
        SaveModel(mlContext, model, data, outputModelPath);
    }

    /// <summary>Opens a file of rows.</summary>
    public static IDataView LoadIDataViewFromFile(MLContext mlContext, string inputDataFilePath)
        => mlContext.Data.LoadFromTextFile<ModelInput>(inputDataFilePath, RetrainSeparatorChar, RetrainHasHeader, allowQuoting: RetrainAllowQuoting);

    /// <summary>Saves a model for the programs that use it.</summary>
    public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath)
    {
        using var fs = File.Create(modelSavePath);
        mlContext.Model.Save(model, data.Schema, fs);
    }

    /// <summary>Fits the pipeline.</summary>
    public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData)
    {
        var pipeline = BuildPipeline(mlContext);
        return pipeline.Fit(trainData);
    }

    /// <summary>The steps and the trainer.</summary>
    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext)
    {
        // Data process configuration with pipeline data transformations
        var pipeline = mlContext.Transforms.Categorical.OneHotEncoding([new InputOutputColumnPair("plan"), new InputOutputColumnPair("region")])
            .Append(mlContext.Transforms.ReplaceMissingValues([new InputOutputColumnPair("months"), new InputOutputColumnPair("spend")]))
            .Append(mlContext.Transforms.NormalizeMinMax([new InputOutputColumnPair("months"), new InputOutputColumnPair("spend")]))
            .Append(mlContext.Transforms.Conversion.ConvertType("autopay"))
            .Append(mlContext.Transforms.Text.FeaturizeText(inputColumnName: "message", outputColumnName: "message"))
            .Append(mlContext.Transforms.Concatenate("Features", "plan", "region", "months", "spend", "autopay", "message"))
            .Append(mlContext.Transforms.Conversion.MapValueToKey(outputColumnName: "outcome", inputColumnName: "outcome"))
            .Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(labelColumnName: "outcome", featureColumnName: "Features"))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: "PredictedLabel", inputColumnName: "PredictedLabel"));

        return pipeline;
    }
}
