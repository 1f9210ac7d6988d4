package io.ebpflb.runtime.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A path as OpenAPI writes it: {@code /api/v1/services/{service}}. */
final class PathTemplate {

  private final String text;
  private final List<String> segments;

  PathTemplate(String text) {
    this.text = text;
    this.segments = split(text);
  }

  /**
   * The values of its parameters if it covers a path.
   *
   * @param path as the request has it, still escaped, so that a value may hold a slash
   * @throws ProblemException if a value is badly escaped
   */
  Optional<Map<String, String>> match(String path) {
    List<String> given = split(path);
    if (given.size() != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (segment.startsWith("{")) {
        parameters.put(segment.substring(1, segment.length() - 1), given.get(i));
      } else if (!segment.equals(given.get(i))) {
        return Optional.empty();
      }
    }
    parameters.replaceAll((name, value) -> Escapes.decode(value));
    return Optional.of(parameters);
  }

  private static List<String> split(String path) {
    return List.of(path.split("/", -1));
  }

  @Override
  public String toString() {
    return text;
  }
}
