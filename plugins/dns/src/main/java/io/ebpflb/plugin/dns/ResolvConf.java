package io.ebpflb.plugin.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of resolv.conf(5) that matters here. */
record ResolvConf(List<InetSocketAddress> nameServers, List<String> search, int ndots) {
  static final ResolvConf EMPTY = new ResolvConf(List.of(), List.of(), 1);
  private static final Pattern NDOTS = Pattern.compile("ndots:([0-9]{1,2})");

  /** A file that cannot be read is empty; lines that cannot be used are passed over. */
  static ResolvConf read(Path file) {
    try {
      return parse(Files.readAllLines(file));
    } catch (IOException e) {
      return EMPTY;
    }
  }

  static ResolvConf parse(List<String> lines) {
    List<InetSocketAddress> servers = new ArrayList<>();
    List<String> search = List.of();
    int ndots = 1;
    for (String line : lines) {
      String[] words = line.strip().split("\\s+");
      List<String> values = List.of(words).subList(1, words.length);
      switch (words[0]) {
        case "nameserver" -> values.stream().limit(1).forEach(text -> addServer(text, servers));
        case "search", "domain" -> search = values.stream().filter(d -> !d.equals(".")).toList();
        case "options" -> {
          Matcher found = NDOTS.matcher(line);
          ndots = found.find() ? Integer.parseInt(found.group(1)) : ndots;
        }
        default -> {
          // A comment, or an option for other resolvers.
        }
      }
    }
    return new ResolvConf(List.copyOf(servers), search, ndots);
  }

  private static void addServer(String text, List<InetSocketAddress> servers) {
    try {
      servers.add(ServerSettings.server(text));
    } catch (IllegalArgumentException e) {
      // A scoped address (fe80::1%eth0), which a question cannot be sent to from here.
    }
  }
}
