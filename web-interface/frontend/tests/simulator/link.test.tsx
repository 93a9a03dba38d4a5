import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SiteFooter } from "@/app/SiteFooter";
import { TenantSchema } from "@/shared/api/schemas";
import { readPath } from "@/shared/ui/navigation";

const tenant = TenantSchema.parse({ id: "valle-claro", name: "Valle Claro" });

async function footer(simulator: () => Response) {
  const asked = vi.fn<(path: string) => void>();
  vi.stubGlobal("fetch", (path: string) => {
    asked(path);
    return Promise.resolve(path.startsWith("/simulator/") ? simulator() : new Response(null, { status: 404 }));
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SiteFooter tenant={tenant} />
    </QueryClientProvider>,
  );
  await waitFor(() => expect(asked).toHaveBeenCalledWith("/simulator/api/accounts"));
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("the way to the telephones", () => {
  it("is shown where there are some", async () => {
    await footer(() => Response.json({ items: [{ slug: "valle-claro" }] }));
    const link = await screen.findByRole<HTMLAnchorElement>("link", { name: /por WhatsApp/ });
    expect(readPath(new URL(link.href).pathname).page).toBe("simulator");
  });

  it("is not shown where nobody answers", async () => {
    await footer(() => Response.json({ status: 404, code: "not_found", detail: "No" }, { status: 404 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.queryByRole("link", { name: /por WhatsApp/ })).toBeNull();
  });

  it("leads to no other page", () => {
    expect(readPath("/simulator/").page).toBe("simulator");
    for (const other of ["/simulator/x", "/t/valle-claro/simulator", "/simulators"]) {
      expect(readPath(other).page).toBe("unknown");
    }
  });
});
