package io.ebpflb.runtime.plugin;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a class file says of itself (JVMS chapter 4), as far as it matters here. Attributes, and
 * with them the code, are passed over: whatever code refers to is in the constant pool.
 *
 * @param superName empty for {@code java.lang.Object} alone
 * @param canBeMade public, not abstract, with a public constructor without parameters
 * @param classes that it refers to, itself among them
 * @param methods that it refers to, {@code java.lang.System.exit}
 */
record ClassFile(
    String name,
    Optional<String> superName,
    List<String> interfaces,
    boolean canBeMade,
    Set<String> classes,
    Set<String> methods) {

  private static final int MAGIC = 0xcafebabe;
  private static final int MAJOR_BEFORE_JAVA_1 = 44;

  /** Reads the first bytes only: the Java that the class was compiled for. */
  static int javaVersion(DataInputStream in) throws IOException {
    if (in.readInt() != MAGIC) {
      throw new IOException("not a class file");
    }
    in.skipNBytes(2);
    return in.readUnsignedShort() - MAJOR_BEFORE_JAVA_1;
  }

  /**
   * @throws IOException if it is none, or only part of one
   */
  static ClassFile read(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    javaVersion(in);
    try {
      return readBody(in);
    } catch (RuntimeException e) {
      // An index that points to nothing, or to a constant of another kind.
      throw new IOException("not a class file", e);
    }
  }

  private static ClassFile readBody(DataInputStream in) throws IOException {
    ConstantPool pool = ConstantPool.read(in);
    int access = in.readUnsignedShort();
    String name = pool.className(in.readUnsignedShort());
    int parent = in.readUnsignedShort();
    List<String> interfaces = new ArrayList<>();
    for (int i = in.readUnsignedShort(); i > 0; i--) {
      interfaces.add(pool.className(in.readUnsignedShort()));
    }
    for (int fields = in.readUnsignedShort(); fields > 0; fields--) {
      in.skipNBytes(6);
      skipAttributes(in);
    }
    boolean canBeMade =
        Modifier.isPublic(access) && !Modifier.isAbstract(access) && hasPublicConstructor(in, pool);
    return new ClassFile(
        name,
        parent == 0 ? Optional.empty() : Optional.of(pool.className(parent)),
        List.copyOf(interfaces),
        canBeMade,
        pool.classNames(),
        pool.methodNames());
  }

  private static boolean hasPublicConstructor(DataInputStream in, ConstantPool pool)
      throws IOException {
    for (int methods = in.readUnsignedShort(); methods > 0; methods--) {
      boolean isPublic = Modifier.isPublic(in.readUnsignedShort());
      String name = pool.text(in.readUnsignedShort());
      String descriptor = pool.text(in.readUnsignedShort());
      if (isPublic && name.equals("<init>") && descriptor.equals("()V")) {
        return true;
      }
      skipAttributes(in);
    }
    return false;
  }

  private static void skipAttributes(DataInputStream in) throws IOException {
    for (int i = in.readUnsignedShort(); i > 0; i--) {
      in.skipNBytes(2);
      in.skipNBytes(Integer.toUnsignedLong(in.readInt()));
    }
  }
}
