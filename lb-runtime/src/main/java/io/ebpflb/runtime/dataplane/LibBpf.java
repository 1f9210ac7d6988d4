package io.ebpflb.runtime.dataplane;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * libbpf 1.x by JNA direct mapping. Handles are {@code long}: 0 is a failure, and passing one on
 * ends the JVM, so each is checked where it is made. Int functions return 0 or more, or minus the
 * error number; after functions that return a handle, {@link LibC#errno} holds it.
 */
final class LibBpf {
  static final int BPF_XDP = 37;
  static final int BPF_TCX_INGRESS = 46;
  static final int BPF_TCX_EGRESS = 47;

  static final int MAP_TYPE_PERCPU_ARRAY = 6;

  static final int XDP_FLAGS_SKB_MODE = 2;
  static final int XDP_FLAGS_DRV_MODE = 4;

  private static final String LIBRARY = "libbpf.so.1";

  private static boolean loaded;

  /** Held here: the library keeps calling it. */
  private static Print print;

  private LibBpf() {}

  /**
   * Binds the library; further calls do nothing.
   *
   * @throws DataPlaneException if it is not installed
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    try {
      Native.register(LibBpf.class, LIBRARY);
    } catch (UnsatisfiedLinkError e) {
      throw new DataPlaneException(
          "load %s: not found, or not usable; install libbpf 1.0 or later (apt install libbpf1, dnf install libbpf)"
              .formatted(LIBRARY),
          e);
    }
    print = new LibBpfMessages();
    libbpf_set_print(print);
    loaded = true;
  }

  /** {@code int (*)(enum libbpf_print_level, const char *format, va_list)}. */
  interface Print extends Callback {
    int print(int level, Pointer format, Pointer arguments);
  }

  static native Pointer libbpf_set_print(Print print);

  static native int libbpf_num_possible_cpus();

  static native int libbpf_strerror(int code, byte[] buffer, long size);

  static native long bpf_object__open_mem(Pointer bytes, long size, Pointer options);

  static native int bpf_object__load(long object);

  static native void bpf_object__close(long object);

  static native long bpf_object__btf(long object);

  static native int btf__type_cnt(long btf);

  /** Points to a {@code struct btf_type} and what follows it; of the library. */
  static native Pointer btf__type_by_id(long btf, int id);

  static native String btf__name_by_offset(long btf, int offset);

  static native long bpf_object__find_map_by_name(long object, String name);

  static native long bpf_object__find_program_by_name(long object, String name);

  static native long bpf_object__next_program(long object, long previous);

  static native String bpf_program__name(long program);

  static native int bpf_program__set_autoload(long program, byte autoload);

  static native int bpf_program__fd(long program);

  static native long bpf_object__next_map(long object, long previous);

  static native int bpf_map__fd(long map);

  static native int bpf_map__reuse_fd(long map, int fd);

  static native int bpf_map__type(long map);

  static native int bpf_map__key_size(long map);

  static native int bpf_map__value_size(long map);

  static native int bpf_map__max_entries(long map);

  static native int bpf_map__set_max_entries(long map, int maxEntries);

  static native int bpf_map_update_elem(int fd, long key, long value, long flags);

  static native int bpf_map_lookup_elem(int fd, long key, long value);

  static native int bpf_map_delete_elem(int fd, long key);

  static native int bpf_map_get_next_key(int fd, long key, long nextKey);

  static native int bpf_map_update_batch(int fd, long keys, long values, long count, long options);

  static native int bpf_map_delete_batch(int fd, long keys, long count, long options);

  static native int bpf_map_lookup_batch(
      int fd, long inBatch, long outBatch, long keys, long values, long count, long options);

  static native int bpf_prog_test_run_opts(int fd, Pointer options);

  static native int bpf_link_create(int programFd, int ifindex, int attachType, Pointer options);

  static native int bpf_xdp_query_id(int ifindex, int flags, Pointer programId);

  static native int bpf_prog_query(
      int target, int attachType, int flags, Pointer attachFlags, Pointer ids, Pointer count);

  static native int bpf_prog_get_fd_by_id(int id);

  static native int bpf_obj_get_info_by_fd(int fd, Pointer info, Pointer size);

  static native int bpf_tc_hook_create(Pointer hook);

  static native int bpf_tc_hook_destroy(Pointer hook);

  static native int bpf_tc_attach(Pointer hook, Pointer options);

  static native int bpf_tc_detach(Pointer hook, Pointer options);

  static native int bpf_tc_query(Pointer hook, Pointer options);
}
