return Scoring.Probe.ProbeProgram.Run(args);
