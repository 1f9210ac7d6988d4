package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Changes one backend and says what became of it. */
final class BackendChange {

  private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

  /** Of the command that this is mixed into. */
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private SocketOption socket;
  @Mixin private BackendParameters backend;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, wide or json (default: table).",
      defaultValue = "table")
  private OutputFormat format;

  JsonObject get() {
    return socket.client().get(backend.path());
  }

  JsonObject put(String what, JsonObject body) {
    return socket.client().send("PUT", backend.path() + what, Optional.of(body));
  }

  JsonObject delete(String what) {
    return socket.client().send("DELETE", backend.path() + what, Optional.empty());
  }

  int show(JsonObject state) {
    PrintWriter out = spec.commandLine().getOut();
    if (format == OutputFormat.JSON) {
      out.println(View.json(state));
    } else {
      out.print(BackendText.of(backend.toString(), state));
    }
    out.flush();
    return ExitCode.OK;
  }

  /** Follows the drain of the backend to its end; the balancer keeps the time. */
  int awaitDrain() throws InterruptedException {
    AdminClient client = socket.client();
    long shown = -1;
    while (true) {
      JsonObject state = client.get(backend.path());
      JsonElement drain = state.get("drain");
      if (drain.isJsonNull()) {
        show(state);
        return ExitCode.CANCELLED;
      }
      JsonElement outcome = drain.getAsJsonObject().get("outcome");
      if (!outcome.isJsonNull()) {
        show(state);
        return exitCode(outcome.getAsString());
      }
      long left = drain.getAsJsonObject().get("active_flows").getAsLong();
      if (left != shown) {
        shown = left;
        PrintWriter err = spec.commandLine().getErr();
        err.println("lb: " + backend + ": " + left + (left == 1 ? " flow" : " flows") + " left");
        err.flush();
      }
      Thread.sleep(POLL_INTERVAL.toMillis());
    }
  }

  private static int exitCode(String outcome) {
    return switch (outcome) {
      case "completed" -> ExitCode.OK;
      case "timed-out" -> ExitCode.TIMED_OUT;
      default -> ExitCode.CANCELLED;
    };
  }
}
