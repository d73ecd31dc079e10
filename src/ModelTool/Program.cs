using ModelTool;
using ModelTool.Verbs;

var tool = new Tool();
tool.Add(PublishVerb.Create);
tool.Add(CheckVerb.Create);
tool.Add(ListVerb.Create);
tool.Add(LiveVerb.Create);
tool.Add(RollbackVerb.Create);
tool.Add(JobVerb.Create);
return await tool.RunAsync(args);
