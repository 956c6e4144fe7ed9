#include "kingpost/compile/stages.hpp"
namespace kingpost::compile {
void compile_commands(Context&) {}
void compile_sagas(Context&) {}
void compile_consumers(Context&) {}
void compile_schedules(Context&) {}
void compile_projections(Context&) {}
}
