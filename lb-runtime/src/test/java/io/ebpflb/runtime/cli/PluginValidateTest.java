package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.plugin.PluginJarFixture;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lb plugin validate} and {@code lb plugin docs}, without a balancer. */
class PluginValidateTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String good;
  private String bad;

  @BeforeEach
  void writeJars() {
    good =
        PluginJarFixture.plugin("greeter", "1.2.0")
            .manifest("Plugin-Requires", ">=0.1.0 & <0.2.0")
            .source(
                """
                public class FixturePlugin implements LbPlugin {
                  public record Plugin(
                      @Doc("what opens doors") @Secret Optional<String> token,
                      @Doc("whom to greet first") @Default("a, b") List<String> first) {}
                  public enum Tone { WARM, ICE_COLD }
                  public record Header(
                      @Doc("its name") String name, @Doc("its | value") @Default("") String value) {}
                  public record Check(
                      @Doc("how to say it") @Default("ice-cold") Tone tone,
                      @Doc("how often") @Default("2") @Range(min = "1", max = "9") int count,
                      @Doc("how long") @Default("5s") @Range(min = "1s") Duration pause,
                      @Doc("what goes with it") List<Header> headers) {}
                  public Class<? extends Record> config() { return Plugin.class; }
                  public List<Extension<?>> extensions() {
                    return List.of(
                        Extension.weightModifier("mood", NoConfig.class, (c, x) -> null),
                        Extension.healthChecker("greeting", Check.class, (c, x) -> null));
                  }
                }
                """)
            .write(folder.resolve("greeter.jar"))
            .toString();
    bad =
        PluginJarFixture.plugin("quitter", "1.0.0")
            .manifest("Plugin-Requires", ">=2.0.0")
            .body("public List<Extension<?>> extensions() { System.exit(7); return List.of(); }")
            .write(folder.resolve("quitter.jar"))
            .toString();
  }

  private int run(String... args) {
    return CommandLineTool.run(new PrintWriter(out), new PrintWriter(err), args);
  }

  private String shown() {
    return out.toString().replace(folder + "/", "");
  }

  private static String golden(String name) throws IOException {
    try (InputStream file = PluginValidateTest.class.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void saysWhatAGoodOneOffersAndWhatIsWrongWithABadOne() throws IOException {
    assertThat(run("plugin", "validate", good, bad)).isEqualTo(ExitCode.USAGE);
    assertThat(shown()).isEqualTo(golden("plugin-validate.txt"));
  }

  @Test
  void aGoodOneAloneIsGood() {
    assertThat(run("plugin", "validate", good, "-o", "json")).isEqualTo(ExitCode.OK);

    JsonObject jar =
        JsonParser.parseString(out.toString())
            .getAsJsonObject()
            .getAsJsonArray("jars")
            .get(0)
            .getAsJsonObject();
    assertThat(jar.get("usable").getAsBoolean()).isTrue();
    assertThat(jar.getAsJsonObject("plugin").get("id").getAsString()).isEqualTo("greeter");
    JsonObject tone =
        jar.getAsJsonArray("extensions")
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("settings")
            .get(0)
            .getAsJsonObject();
    assertThat(tone)
        .hasToString(
            "{\"key\":\"tone\",\"expected\":\"one of: warm, ice-cold\",\"default\":\"\\\"ice-cold\\\"\","
                + "\"required\":false,\"secret\":false,\"doc\":\"how to say it\"}");
  }

  @Test
  void documentsSettingsAsMarkdown() throws IOException {
    assertThat(run("plugin", "docs", good)).isEqualTo(ExitCode.OK);
    assertThat(shown()).isEqualTo(golden("plugin-docs.md"));
  }

  @Test
  void whatIsNotUsableHasNoDocumentation() {
    assertThat(run("plugin", "docs", bad)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .isEqualTo(
            "lb: quitter.jar: needs plugin API >=2.0.0, this balancer has 0.1.0;"
                + " fixture.FixturePlugin calls System.exit, which would end the balancer\n");
  }

  @Test
  void namesWhatIsNoJarAndWhatIsNotThere() throws IOException {
    String text = Files.writeString(folder.resolve("x.jar"), "text").toString();
    assertThat(run("plugin", "validate", text)).isEqualTo(ExitCode.USAGE);
    assertThat(shown())
        .isEqualTo(
            """
            x.jar: not usable
              problem  not a JAR, or only half of one: zip END header not found
            """);
    assertThat(run("plugin", "validate", folder.resolve("none.jar").toString()))
        .isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString()).contains("none.jar");
  }
}
