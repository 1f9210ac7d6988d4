package io.ebpflb.runtime.config;

import io.ebpflb.api.Doc;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** One {@code [[admin.token]]} as it is written. The token itself is never in the config. */
record TokenTable(
    @Doc("what the audit log calls whoever shows the token") String name,
    @Doc("what they may do: viewer reads, operator also drains and weighs, admin also configures")
        Role role,
    @Doc("the file that holds the token, in its first line") Optional<String> file,
    @Doc("the environment variable that holds the token") Optional<String> environment) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,62}");

  void checkName() throws Refusal {
    if (!NAME.matcher(name).matches()) {
      throw new Refusal(
          "not a name for a token",
          "expected: 1 to 63 of letters, digits, '-', '_', '.' and '@', beginning with a letter or"
              + " digit");
    }
  }

  void checkSource() throws Refusal {
    if (file.isPresent() == environment.isPresent()) {
      throw new Refusal(
          "the token comes from one place",
          "expected: either file = \"/etc/…\" or environment = \"NAME\"");
    }
    if (file.isPresent()) {
      AdminTable.checkFile(file.get());
    }
  }

  Configuration.Token settings() {
    return new Configuration.Token(name, role, file.map(Path::of), environment);
  }
}
