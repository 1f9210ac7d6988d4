package io.ebpflb.runtime.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "config",
    description = {
      "Show and change the config in force; the file changes with: lb save.",
      "See also: lb diff, lb diff --running."
    })
final class ConfigCommand implements Runnable {

  private static final String PATH = "/api/v1/config";
  private static final String SERVICE = PATH + "/services/";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "get",
      description = "Print the config in force as TOML, or one service as JSON; secrets are ***.")
  void get(
      @Mixin SocketOption socket,
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only this service.")
          String service) {
    if (service == null) {
      spec.commandLine().getOut().print(socket.client().getText(PATH));
    } else {
      JsonObject found = socket.client().get(AdminClient.path(SERVICE, service));
      spec.commandLine()
          .getOut()
          .println(
              new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(found));
    }
    spec.commandLine().getOut().flush();
  }

  @Command(name = "put", description = "Put another config in force, as a whole or not at all.")
  void put(
      @Mixin SocketOption socket,
      @Parameters(paramLabel = "FILE", description = "The config, as TOML.") Path file,
      @Option(
              names = "--if-match",
              paramLabel = "TAG",
              description = "Only if the config in force has this ETag.",
              defaultValue = "*")
          String tag)
      throws ConfigException {
    String text = ConfigText.read(file).text();
    show(socket.client().sendToml("PUT", PATH, text, Map.of("If-Match", tag)));
  }

  @Command(name = "set", description = "Add a service to the config in force, or replace it.")
  void set(
      @Mixin SocketOption socket,
      @Parameters(index = "0", paramLabel = "SERVICE", description = "Its name.") String service,
      @Parameters(
              index = "1",
              paramLabel = "FILE",
              description = "As lb config get SERVICE prints it; - reads standard input.")
          Path file)
      throws IOException {
    byte[] text = file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
    String path = AdminClient.path(SERVICE, service);
    show(socket.client().send("PUT", path, Optional.of(json(file, text))));
  }

  private static JsonObject json(Path file, byte[] text) {
    try {
      return JsonParser.parseString(new String(text, StandardCharsets.UTF_8)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException other) {
      throw new RefusedException(file + " is not a JSON object");
    }
  }

  @Command(name = "remove", description = "Take a service out of the config in force.")
  void remove(
      @Mixin SocketOption socket,
      @Parameters(paramLabel = "SERVICE", description = "Its name.") String service) {
    show(socket.client().send("DELETE", AdminClient.path(SERVICE, service), Optional.empty()));
  }

  private void show(JsonObject result) {
    spec.commandLine().getOut().print(ReloadCommand.render(result, Ink.PLAIN));
    spec.commandLine().getOut().flush();
  }
}
