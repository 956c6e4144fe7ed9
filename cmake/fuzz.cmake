# A fuzz target: a file that defines LLVMFuzzerTestOneInput over one room's parser.
#   kp_fuzz(cel_parse cel cel_parse_fuzz.cpp)      # name, room, sources
# With KINGPOST_FUZZ (preset asan-ubsan, clang, so that the sanitized tests and the fuzz targets share their objects) it becomes
# build/asan-ubsan/fuzz_<name>, which `make verify` runs for half a minute. Otherwise the same file is built with a small driver as the test
# fuzz.<name>, which replays tests/fuzz/corpus/<name>/ (seeds, and every input that once broke something).
function(kp_fuzz name room)
  if(NOT TARGET kp_${room} AND NOT KINGPOST_STRICT)
    message(WARNING "fuzz target ${name} waits for the room ${room}")
    return()
  endif()
  set(target fuzz_${name})
  add_executable(${target} ${ARGN})
  if(NOT TARGET fuzz_targets)
    add_custom_target(fuzz_targets)
  endif()
  add_dependencies(fuzz_targets ${target})
  target_link_libraries(${target} PRIVATE kp_${room} kp_flags)
  if(KINGPOST_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  else()
    target_link_libraries(${target} PRIVATE kp_fuzz_replay)
    add_test(NAME fuzz.${name} COMMAND ${target} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
    set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
endfunction()
