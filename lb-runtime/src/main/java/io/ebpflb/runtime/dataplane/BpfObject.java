package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A compiled BPF object file: opened from the jar, sized, then loaded into the kernel. Not thread
 * safe; the maps and programs that it hands out may be used by any thread until {@link #close}.
 */
public final class BpfObject implements AutoCloseable {
  /** The kernel refuses more before 5.2, and a log of this size holds any error's end. */
  private static final int LOG_BYTES_MAX = (16 << 20) - 1;

  private static final int OPTIONS_BYTES = 80;

  private final String name;
  private final Memory bytes;
  private final Memory log = new Memory(LOG_BYTES_MAX);
  private final Map<String, BpfMap> maps = new HashMap<>();
  private long handle;
  private boolean loaded;

  private BpfObject(String name, Memory bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /**
   * Opens a resource of this package; nothing reaches the kernel yet.
   *
   * @param resource {@code "lb.bpf.o"}
   * @throws DataPlaneException if libbpf is missing or cannot read the object
   */
  public static BpfObject open(String resource) {
    LibBpf.load();
    BpfObject object = new BpfObject(resource, read(resource));
    object.log.setByte(0, (byte) 0);
    LibBpfMessages.drain();
    try (Memory objectName = new Memory(resource.length() + 1L);
        Memory options = new Memory(OPTIONS_BYTES)) {
      objectName.setString(0, resource);
      options.clear();
      options.setLong(0, OPTIONS_BYTES);
      options.setPointer(8, objectName);
      options.setPointer(56, object.log);
      options.setLong(64, object.log.size());
      object.handle = LibBpf.bpf_object__open_mem(object.bytes, object.bytes.size(), options);
    }
    if (object.handle == 0) {
      int errno = LibC.errno();
      object.close();
      throw new DataPlaneException(
          "open BPF object %s: %s; libbpf 1.0 or later is needed%s"
              .formatted(resource, Errno.name(errno), LoadFailure.libraryMessages()));
    }
    return object;
  }

  /** Sets a map's capacity; before {@link #load} alone. */
  public BpfObject resize(String map, int maxEntries) {
    check(LibBpf.bpf_map__set_max_entries(findMap(map), maxEntries), "resize map " + map);
    return this;
  }

  /** Takes the maps of another object, loaded from the same file, instead of its own. */
  BpfObject shareMaps(BpfObject other) {
    long theirs = LibBpf.bpf_object__next_map(other.handle, 0);
    for (long map = LibBpf.bpf_object__next_map(handle, 0);
        map != 0;
        map = LibBpf.bpf_object__next_map(handle, map)) {
      check(LibBpf.bpf_map__reuse_fd(map, LibBpf.bpf_map__fd(theirs)), "share maps of " + name);
      theirs = LibBpf.bpf_object__next_map(other.handle, theirs);
    }
    return this;
  }

  /** Chooses the programs to load; the others stay out of the kernel. */
  public BpfObject loadOnly(Set<String> programs) {
    for (long program = next(0); program != 0; program = next(program)) {
      boolean wanted = programs.contains(LibBpf.bpf_program__name(program));
      check(
          LibBpf.bpf_program__set_autoload(program, (byte) (wanted ? 1 : 0)),
          "choose programs of " + name);
    }
    return this;
  }

  /**
   * Creates the maps and loads the programs.
   *
   * @throws DataPlaneException with the remedy; a verifier's refusal with the end of its log and
   *     the file that holds all of it
   */
  public BpfObject load() {
    int result = LibBpf.bpf_object__load(handle);
    if (result < 0) {
      throw LoadFailure.of(name, result, log.getString(0));
    }
    loaded = true;
    // Both were for the library alone, which is through with them.
    log.close();
    bytes.close();
    return this;
  }

  /** The object's own description of its types; valid until {@link #close}. */
  Btf btf() {
    return new Btf(LibBpf.bpf_object__btf(handle));
  }

  /** A map by its name; a section such as {@code ".bss"} holds global variables. */
  public BpfMap map(String map) {
    requireLoaded();
    return maps.computeIfAbsent(map, key -> new BpfMap(key, findMap(key)));
  }

  public BpfProgram program(String program) {
    requireLoaded();
    long found = LibBpf.bpf_object__find_program_by_name(handle, program);
    int fd = found == 0 ? -1 : LibBpf.bpf_program__fd(found);
    if (fd < 0) {
      throw new IllegalArgumentException(name + " has no loaded program " + program);
    }
    return new BpfProgram(program, fd);
  }

  /** Removes from the kernel what no link holds. Idempotent. */
  @Override
  public void close() {
    if (handle != 0) {
      maps.values().forEach(BpfMap::close);
      LibBpf.bpf_object__close(handle);
      handle = 0;
    }
    log.close();
    bytes.close();
  }

  private long next(long program) {
    return LibBpf.bpf_object__next_program(handle, program);
  }

  private long findMap(String map) {
    long found = handle == 0 ? 0 : LibBpf.bpf_object__find_map_by_name(handle, map);
    if (found == 0) {
      throw new IllegalArgumentException(name + " has no map " + map);
    }
    return found;
  }

  private void requireLoaded() {
    if (!loaded || handle == 0) {
      throw new IllegalStateException(name + " is not loaded");
    }
  }

  private static void check(int result, String operation) {
    if (result < 0) {
      throw new DataPlaneException("%s: %s".formatted(operation, Errno.name(result)));
    }
  }

  private static Memory read(String resource) {
    try (InputStream in = BpfObject.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + resource);
      }
      byte[] content = in.readAllBytes();
      Memory memory = new Memory(content.length);
      Pointer target = memory;
      target.write(0, content, 0, content.length);
      return memory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
