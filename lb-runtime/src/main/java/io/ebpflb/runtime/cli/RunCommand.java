package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "run", description = "Balance as a config file says, until SIGTERM or SIGINT.")
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger("lb");

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The config file.")
  private Path config;

  @Mixin private PluginsOption plugins;

  @Override
  public Integer call() throws ConfigException, IOException, InterruptedException {
    Instant processStart = ProcessStart.instant();
    CompletableFuture<Optional<LoadBalancer>> started = new CompletableFuture<>();
    Thread onSignal = new Thread(() -> stop(started), "lb-stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    Signals.onHangUp(
        () -> started.join().ifPresent(balancer -> balancer.reloader().reload("signal")));
    try {
      LoadBalancer balancer =
          LoadBalancer.start(Options.of(config, plugins.directory()).withStartedAt(processStart));
      started.complete(Optional.of(balancer));
      balancer.awaitTermination();
      return ExitCode.OK;
    } finally {
      started.complete(Optional.empty());
      removeHook(onSignal);
    }
  }

  /**
   * Runs when the JVM was told to end. What was being started is waited for, so that nothing stays
   * behind in the kernel; the JVM would report the signal as its exit code, but an orderly end is a
   * success.
   */
  private static void stop(CompletableFuture<Optional<LoadBalancer>> started) {
    LOG.info("stopping");
    started.join().ifPresent(LoadBalancer::close);
    LOG.info("stopped");
    Runtime.getRuntime().halt(ExitCode.OK);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyStopping) {
      LOG.trace("stopping already");
    }
  }
}
