using Host.Tests.Running;

// Every Host here brings a PostgreSQL of its own: more of them at once than this only make each other slow.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
[assembly: AssemblyFixture(typeof(RunningHost))]
