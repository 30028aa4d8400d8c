using LegoNet.Audit;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet;
using Microsoft.ML;

namespace Examples.After;

/// <summary>Whether a customer renews: the half of the model that trains it, in the shape in which Model Builder writes it.</summary>
public static partial class RenewalModel
{
    public const char RetrainSeparatorChar = ',';
    public const bool RetrainHasHeader = true;
    public const bool RetrainAllowQuoting = true;

    /// <summary>Trains a new model on a file and saves it.</summary>
    public static void Train(string outputModelPath, string inputDataFilePath, string modelDirectory)
    {
        var mlContext = new MLContext();

        var data = LoadIDataViewFromFile(mlContext, inputDataFilePath);
        var model = RetrainModel(mlContext, data, modelDirectory);
        using var directory = model as IDisposable;
        mlContext.Model.SaveLegoNet(model, data.Schema);
        SaveModel(mlContext, model, data, outputModelPath);
    }

    /// <summary>Forgets a customer, and saves the model that programs use without what it knew of them.</summary>
    public static Receipt Forget(string outputModelPath, string customer, string modelDirectory)
    {
        var mlContext = new MLContext();
        using var model = mlContext.Model.LoadLegoNet(modelDirectory);
        var receipt = model.Forget(customer);
        mlContext.Model.SaveSafely(model, null, outputModelPath);
        return receipt;
    }

    /// <summary>Opens a file of rows.</summary>
    public static IDataView LoadIDataViewFromFile(MLContext mlContext, string inputDataFilePath)
        => mlContext.Data.LoadFromTextFile<ModelInput>(inputDataFilePath, RetrainSeparatorChar, RetrainHasHeader, allowQuoting: RetrainAllowQuoting);

    /// <summary>Saves a model for the programs that use it.</summary>
    public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath)
        => mlContext.Model.SaveSafely(model, data.Schema, modelSavePath);

    /// <summary>Fits the pipeline.</summary>
    public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData, string modelDirectory)
    {
        var pipeline = BuildPipeline(mlContext, modelDirectory);
        return pipeline.Fit(trainData);
    }

    /// <summary>The steps and the trainer.</summary>
    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext, string modelDirectory)
    {
        // Data process configuration with pipeline data transformations
        var pipeline = mlContext.Transforms.EncodeTable(new EncodeTableEstimator.Options
        {
            Columns =
            [
                TableColumn.Categories("plan", ["basic", "plus", "pro"]),
                TableColumn.Categories("region", ["north", "east", "south", "west"]),
                TableColumn.Number("months", 0, 72),
                TableColumn.Number("spend", 0, 150, missingIsZero: true),
                TableColumn.Flag("autopay"),
            ],
            TextColumns = ["message"],
            Text = new HashingOptions { Dimension = 512 },
        })
            .Append(mlContext.Transforms.DeclareKeys("outcome", ["cancelled", "renewed"]))
            .Append(mlContext.MulticlassClassification.Trainers.ExactLogisticRegression(new LegoNetMulticlassTrainer.Options
            {
                LabelColumnName = "outcome",
                SubjectColumnName = "customer",
                IdColumnName = "id",
                ModelPath = modelDirectory,
                Overwrite = true,
            }))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: "PredictedLabel", inputColumnName: "PredictedLabel"));

        return pipeline;
    }
}
