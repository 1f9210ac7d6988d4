package io.ebpflb.runtime.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Show what a running balancer does: services, backends, health, connections.")
final class StatusCommand implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
  private static final String HOME_AND_CLEAR = "\033[H\033[2J";

  @Spec private CommandSpec spec;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The balancer's unix socket (default: ${DEFAULT-VALUE}).",
      defaultValue = "/run/ebpf-lb/lb.sock")
  private Path socket;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table or json (default: table).",
      defaultValue = "table")
  private OutputFormat format;

  @Option(
      names = {"-w", "--watch"},
      description = "Show it again each second, until interrupted.")
  private boolean watch;

  @Override
  public Integer call() throws InterruptedException {
    AdminClient client = new AdminClient(socket, TIMEOUT);
    print(client);
    while (watch) {
      Thread.sleep(WATCH_INTERVAL.toMillis());
      print(client);
    }
    return ExitCode.OK;
  }

  private void print(AdminClient client) {
    JsonObject status = client.get("/api/v1/status");
    status.add("services", client.get("/api/v1/services").get("services"));
    PrintWriter out = spec.commandLine().getOut();
    if (format == OutputFormat.JSON) {
      out.println(gson().toJson(status));
    } else {
      Ink ink = Terminal.wantsColor() ? Ink.COLOR : Ink.PLAIN;
      String table = new StatusTable(ink, Clock.systemUTC()).render(status);
      out.print(watch && Terminal.isOutput() ? HOME_AND_CLEAR + table : table);
    }
    out.flush();
  }

  /** While watching one line for each look, so that a reader of the stream can tell them apart. */
  private Gson gson() {
    GsonBuilder builder = new GsonBuilder().serializeNulls().disableHtmlEscaping();
    return watch ? builder.create() : builder.setPrettyPrinting().create();
  }
}
