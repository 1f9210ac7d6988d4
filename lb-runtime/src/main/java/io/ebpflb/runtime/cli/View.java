package io.ebpflb.runtime.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows a document of the admin API: once, or again each second. */
final class View {

  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
  private static final String HOME_AND_CLEAR = "\033[H\033[2J";

  @Mixin private SocketOption socket;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, wide or json (default: table).",
      defaultValue = "table")
  private OutputFormat format;

  @Option(
      names = {"-w", "--watch"},
      description = "Show it again each second, until interrupted (exit code 130).")
  private boolean watch;

  /** Writes a document as text for people. */
  @FunctionalInterface
  interface Renderer {
    String render(JsonObject document, Ink ink, boolean isWide);
  }

  int show(CommandLine command, Function<AdminClient, JsonObject> document, Renderer renderer)
      throws InterruptedException {
    AdminClient client = socket.client();
    PrintWriter out = command.getOut();
    print(out, document.apply(client), renderer);
    while (watch) {
      Thread.sleep(WATCH_INTERVAL.toMillis());
      print(out, document.apply(client), renderer);
    }
    return ExitCode.OK;
  }

  boolean isWatching() {
    return watch;
  }

  private void print(PrintWriter out, JsonObject document, Renderer renderer) {
    if (format == OutputFormat.JSON) {
      // While watching one line for each look, so that a reader can tell them apart.
      out.println(watch ? gson().create().toJson(document) : json(document));
    } else {
      Ink ink = Terminal.wantsColor() ? Ink.COLOR : Ink.PLAIN;
      String text = renderer.render(document, ink, format == OutputFormat.WIDE);
      out.print(watch && Terminal.isOutput() ? HOME_AND_CLEAR + text : text);
    }
    out.flush();
  }

  /** A document over several lines, for people and programs. */
  static String json(JsonObject document) {
    return gson().setPrettyPrinting().create().toJson(document);
  }

  private static GsonBuilder gson() {
    return new GsonBuilder().serializeNulls().disableHtmlEscaping();
  }
}
