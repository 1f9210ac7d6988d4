package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A config that is in force as it is written, to be shown without its secrets and edited piece by
 * piece. Tables are maps with the keys of the file, lists of tables are lists of maps, a hidden
 * value is {@code ***}. Immutable; any thread.
 */
public final class WrittenConfig {
  private static final String SERVICE = "service";
  private static final String SOURCE_ROUTE = "source-route";

  private final ConfigText text;
  private final TomlDocument document;
  private final SecretMask mask;

  /**
   * @param mask that knows all secrets of the text
   */
  WrittenConfig(ConfigText text, TomlDocument document, SecretMask mask) {
    this.text = text;
    this.document = document;
    this.mask = mask;
  }

  /** The text; comments that seem to tell of a secret are cut there. */
  public String shown() {
    TextEdits edits = new TextEdits();
    mask.hideAll(document, text.source(), edits);
    return edits.apply(text);
  }

  /** In file order. */
  public List<Map<String, Object>> services() {
    return tables().map(this::shown).toList();
  }

  public Optional<Map<String, Object>> service(String name) {
    return find(name).map(this::shown);
  }

  private Map<String, Object> shown(TomlTable table) {
    return TomlTree.of(table, mask::hides);
  }

  /**
   * The text with this service instead of the one of that name, or behind all others if there is
   * none. Comments within the old one are lost.
   *
   * @throws IllegalArgumentException if it cannot be written
   */
  public String withService(String name, Map<String, Object> service) {
    return ServiceBlock.replace(text, document, find(name), TomlWriter.element(SERVICE, service));
  }

  /** The text without this service and the comment right above it. */
  public String withoutService(String name) {
    return find(name)
        .map(service -> ServiceBlock.remove(text, document, service))
        .orElseGet(text::text);
  }

  /**
   * The text with other source routes of a service; comments within the service are lost.
   *
   * @param edit gets the service's routes, secrets included
   * @throws IllegalArgumentException if they cannot be written
   */
  public String withSourceRoutes(String name, UnaryOperator<List<Map<String, Object>>> edit) {
    TomlTable service = find(name).orElseThrow();
    Map<String, Object> tree = new LinkedHashMap<>(TomlTree.of(service, node -> false));
    List<Map<String, Object>> routes = edit.apply(sourceRoutes(tree));
    if (routes.isEmpty()) {
      tree.remove(SOURCE_ROUTE);
    } else {
      tree.put(SOURCE_ROUTE, routes);
    }
    return withService(name, tree);
  }

  /** Those of a service as {@link #service} gives it; a copy. */
  @SuppressWarnings("unchecked")
  public static List<Map<String, Object>> sourceRoutes(Map<String, Object> service) {
    Object routes = service.getOrDefault(SOURCE_ROUTE, List.of());
    return new ArrayList<>((List<Map<String, Object>>) routes);
  }

  /** Whether two texts name the same prefix of addresses. */
  public static boolean isSamePrefix(String one, String other) {
    try {
      return PrefixText.parse(one).equals(PrefixText.parse(other));
    } catch (Refusal noPrefix) {
      return one.equals(other);
    }
  }

  private Optional<TomlTable> find(String name) {
    return tables().filter(table -> table.findText("name").equals(Optional.of(name))).findFirst();
  }

  private Stream<TomlTable> tables() {
    return document.root().find(SERVICE).stream()
        .flatMap(entry -> ((TomlArray) entry.value()).elements().stream())
        .map(TomlTable.class::cast);
  }
}
