using Samples.Shapes;
using Samples.Training;

// dotnet run --project samples/shapes/train
var training = ShapesTraining.Run();
new ShapesSample(SampleFiles.PathOf("samples", "shapes")).Write(training);
Console.WriteLine(training.Figures());
