// Release of Python's interpreter lock for the time of a kernel.
#pragma once

#include <Python.h>

#include <chrono>
#include <thread>

namespace kalette {

// A daemon thread that asks for the lock again while the interpreter exits does not come back. Python before 3.14
// unwinds its stack, and C++ aborts the process where that meets code that catches all exceptions; here the thread
// sleeps until the process ends, as with Python 3.14.
class Unlocked {
public:
    Unlocked() : state_(PyEval_SaveThread()) {}
    Unlocked(const Unlocked&) = delete;
    Unlocked& operator=(const Unlocked&) = delete;
    ~Unlocked() noexcept(false) {  // NOLINT(bugprone-unsafe-to-allow-exceptions): Python unwinds through it
        Returned returned;
        PyEval_RestoreThread(state_);
        returned.holds = true;
    }

private:
    struct Returned {
        bool holds = false;
        ~Returned() {
            while (!holds) std::this_thread::sleep_for(std::chrono::hours(1));
        }
    };
    PyThreadState* state_;
};

}  // namespace kalette
