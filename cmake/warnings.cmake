add_library(kp_flags INTERFACE)
target_compile_options(kp_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wextra-semi -Wzero-as-null-pointer-constant -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(kp_flags INTERFACE -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast)
  # GCC 12 at -O2 reports std::string's own copies as overlapping (GCC bug 105651).
  target_compile_options(kp_flags INTERFACE -Wno-restrict)
endif()
if(KINGPOST_SANITIZE)
  target_compile_options(kp_flags INTERFACE -fsanitize=${KINGPOST_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(kp_flags INTERFACE -fsanitize=${KINGPOST_SANITIZE})
  # GCC's sanitizer passes make these two report code of the standard library.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(kp_flags INTERFACE -Wno-maybe-uninitialized -Wno-stringop-overflow)
  endif()
endif()
if(KINGPOST_FUZZ)
  target_compile_options(kp_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
