using ModelTool;
using ModelTool.Native;
using ModelTool.Verbs;
using Scoring.Probe;
using Scoring.Serving.Probing;

if (args is [StepHost.Argument, var step])
{
    return StepHost.Run(step);
}

if (args is [ProbeArguments.Within, .. var told])
{
    return ProbeProgram.Run(told);
}

var tool = new Tool();
tool.Add(InspectVerb.Create);
tool.Add(ScoreVerb.Create);
tool.Add(BenchVerb.Create);
tool.Add(AdviseVerb.Create);
tool.Add(CalibrateVerb.Create);
tool.Add(BaselineVerb.Create);
tool.Add(CapturesVerb.Create);
tool.Add(QuantizeVerb.Create);
tool.Add(TuneVerb.Create);
tool.Add(OptimizeVerb.Create);
tool.Add(PruneVerb.Create);
tool.Add(TrainVerb.Create);
tool.Add(PublishVerb.Create);
tool.Add(KeygenVerb.Create);
tool.Add(SignVerb.Create);
tool.Add(VerifyVerb.Create);
tool.Add(CheckVerb.Create);
tool.Add(ListVerb.Create);
tool.Add(LiveVerb.Create);
tool.Add(RollbackVerb.Create);
tool.Add(LogVerb.Create);
tool.Add(RolloutVerb.Create);
tool.Add(JobVerb.Create);
return await tool.RunAsync(args);
